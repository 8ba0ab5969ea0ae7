package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tdro.huggingface.safetensors.RawFile.entry;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;

/** Files that are as they should be; those that are not are {@link HostileHeaderTest}'s. */
class SafetensorsFileTest {
  @TempDir
  Path folder;

  private SafetensorsFile open(String header, int dataBytes) throws IOException {
    return SafetensorsFile.open(RawFile.write(folder.resolve("a"), header, dataBytes));
  }

  @Test
  void tensorsAreReadWhereTheHeaderPutsThem() throws IOException {
    var header =
        "{" + entry("b", "I32", "[2]", "[2,10]") + "," + entry("a", "I8", "[2,1]", "[0,2]") + "}";
    var file = folder.resolve("a");
    var bytes = ByteBuffer.allocate(8 + header.length() + 10).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 7).put((byte) -7).putInt(-5).putInt(123_456_789);
    Files.write(file, bytes.array());

    var tensors = SafetensorsFile.open(file).tensors();

    assertThat(tensors.keySet()).containsExactly("a", "b");
    assertThat(tensors.get("a").spec()).isEqualTo(new TensorSpec("a", DType.I8, new long[] {2, 1}));
    assertThat(tensors.get("a").buffer().get(1)).isEqualTo((byte) -7);
    assertThat(tensors.get("b").buffer().getInt()).isEqualTo(-5);
    assertThat(tensors.get("b").slice(4, 4).getInt()).isEqualTo(123_456_789);
  }

  @Test
  void paddingAndMetadataAreRead() throws IOException {
    var file = open("{\"__metadata__\":{\"format\":\"pt\",\"π\":\"\\n\"}}     ", 0);
    assertThat(file.metadata()).containsEntry("format", "pt").containsEntry("π", "\n");
    assertThat(file.tensors()).isEmpty();
  }

  @Test
  void scalarsAndEmptyTensorsArePossible() throws IOException {
    var tensors = open(
            "{" + entry("empty", "F32", "[3,0]", "[8,8]") + ","
                + entry("scalar", "F64", "[]", "[0,8]") + "}",
            8)
        .tensors();
    assertThat(tensors.get("empty").bytes()).isZero();
    assertThat(tensors.get("empty").buffer().hasRemaining()).isFalse();
    assertThat(tensors.get("scalar").elements()).isOne();
  }

  @Test
  void unknownKeysOfAnEntryAreLeftAlone() throws IOException {
    assertThat(open(
                "{\"a\":{\"note\":{\"x\":[1]},\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
                1)
            .tensors())
        .containsOnlyKeys("a");
  }

  @Test
  void tensorsBeyondTwoGibibytesAreReadInSlices() throws IOException {
    var size = 3L << 30;
    var header = "{" + entry("big", "U8", "[" + size + "]", "[0," + size + "]") + ","
        + entry("last", "I32", "[1]", "[" + size + "," + (size + 4) + "]") + "}";
    var file = RawFile.write(folder.resolve("sparse"), header, 0);
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      var start = sparse.length();
      sparse.setLength(start + size + 4);
      sparse.seek(start + size - 2);
      sparse.write(new byte[] {1, 2, 3, 0, 0, 0});
    }

    var tensors = SafetensorsFile.open(file).tensors();

    var big = tensors.get("big");
    assertThat(big.slice(size - 2, 2)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
    // Slices over the places where mappings begin and end, and one that no mapping covers.
    assertThat(big.slice((1L << 30) - 1, 2).remaining()).isEqualTo(2);
    assertThat(big.slice(Integer.MAX_VALUE - 1L, 2).remaining()).isEqualTo(2);
    assertThat(big.slice(size - Integer.MAX_VALUE, Integer.MAX_VALUE).get(Integer.MAX_VALUE - 1))
        .isEqualTo((byte) 2);
    assertThat(tensors.get("last").buffer().getInt()).isEqualTo(3);
    assertThatThrownBy(big::buffer).hasMessageContaining("more than a buffer holds");
  }

  @Test
  void aFileThatWasCutAfterwardsIsRefused() throws IOException {
    var tensor = open("{" + entry("a", "U8", "[4]", "[0,4]") + "}", 4).tensors().get("a");
    try (var file = new RandomAccessFile(folder.resolve("a").toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }
    assertThatThrownBy(tensor::buffer)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("was cut to");
  }

  @Test
  void slicesStayInTheirTensor() throws IOException {
    var tensor = open(
            "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[4]", "[4,8]") + "}",
            8)
        .tensors()
        .get("a");
    assertThatThrownBy(() -> tensor.slice(2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tensor.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tensor.slice(Long.MAX_VALUE, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anOpenFileHoldsNoDescriptor() throws IOException {
    var tensors = open("{" + entry("a", "U8", "[4]", "[0,4]") + "}", 4).tensors();
    Files.delete(folder.resolve("a"));
    assertThatThrownBy(() -> tensors.get("a").buffer()).hasMessageContaining("cannot read");
  }
}
