package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.safetensors");
  }

  private static TensorSpec bytes(String name, long count) {
    return new TensorSpec(name, DType.U8, new long[] {count});
  }

  private static ByteBuffer numbered(int count, int first) {
    var bytes = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      bytes.put((byte) (first + i));
    }
    return bytes.flip();
  }

  private SafetensorsWriter writer(TensorSpec... tensors) throws IOException {
    return SafetensorsWriter.create(file, List.of(tensors), SafetensorsWriter.PYTORCH);
  }

  @Test
  void everyTypeComesBack() throws IOException {
    var specs = new ArrayList<TensorSpec>();
    for (var type : DType.values()) {
      specs.add(new TensorSpec(type.name(), type, new long[] {3, 2}));
    }
    try (var writer = SafetensorsWriter.create(file, specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        writer.write(spec.name(), numbered((int) spec.bytes(), specs.indexOf(spec)));
      }
    }

    var read = SafetensorsFile.open(file);

    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(read.tensors()).hasSameSizeAs(specs);
    for (var spec : specs) {
      var tensor = read.tensors().get(spec.name());
      assertThat(tensor.spec()).isEqualTo(spec);
      assertThat(tensor.buffer()).isEqualTo(numbered((int) spec.bytes(), specs.indexOf(spec)));
    }
  }

  @Test
  void theFileIsAsTheFormatSays() throws IOException {
    try (var writer = writer(bytes("ä", 2))) {
      writer.write("ä", numbered(2, 5));
    }
    var header = "{\"__metadata__\":{\"format\":\"pt\"},"
        + "\"ä\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}   ";
    var text = header.getBytes(StandardCharsets.UTF_8);
    assertThat(text.length % 8).isZero();
    var expected = ByteBuffer.allocate(8 + text.length + 2).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(text.length).put(text).put((byte) 5).put((byte) 6);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
  }

  @Test
  void tensorsComeInPieces() throws IOException {
    try (var writer = writer(bytes("empty", 0), bytes("a", 3), bytes("none", 0), bytes("b", 2))) {
      writer.write("empty", numbered(0, 0));
      writer.write("a", numbered(2, 1));
      writer.write("a", numbered(1, 3));
      writer.write("b", numbered(1, 4));
      writer.write("b", numbered(1, 5));
    }
    var tensors = SafetensorsFile.open(file).tensors();
    assertThat(tensors.get("a").buffer()).isEqualTo(numbered(3, 1));
    assertThat(tensors.get("b").buffer()).isEqualTo(numbered(2, 4));
    assertThat(tensors.get("none").bytes()).isZero();
  }

  @Test
  void onlyWhatRemainsOfABufferIsWritten() throws IOException {
    var buffer = numbered(10, 0).position(3).limit(5);
    try (var writer = writer(bytes("a", 2))) {
      writer.write("a", buffer);
    }
    assertThat(buffer.hasRemaining()).isFalse();
    assertThat(SafetensorsFile.open(file).tensors().get("a").buffer()).isEqualTo(numbered(2, 3));
  }

  @Test
  void missingBytesAreSaid() {
    assertThatThrownBy(() -> {
          try (var writer = writer(bytes("a", 3), bytes("b", 1))) {
            writer.write("a", numbered(1, 0));
          }
        })
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tensor 'a' U8 [3] lacks 2 of 3 bytes, and 1 more tensors all of theirs");
  }

  @Test
  void tooManyBytesAreRefused() {
    assertThatThrownBy(() -> {
          try (var writer = writer(bytes("a", 3))) {
            writer.write("a", numbered(4, 0));
          }
        })
        .hasMessage("tensor 'a' U8 [3] lacks 3 bytes, 4 come");
  }

  @Test
  void bytesThatComeLateAreNotTheNextTensors() {
    assertThatThrownBy(() -> {
          try (var writer = writer(bytes("a", 3), bytes("b", 3))) {
            writer.write("a", numbered(3, 0));
            writer.write("a", numbered(3, 0));
          }
        })
        .hasMessage("3 bytes more come for tensor 'a', but it is the turn of tensor 'b' U8 [3]");
  }

  @Test
  void namesStandOnce() {
    assertThatThrownBy(() -> writer(bytes("a", 1), bytes("a", 1)))
        .hasMessage("tensor 'a' is named twice");
    assertThat(file).doesNotExist();
  }

  @Test
  void anOldFileIsOverwritten() throws IOException {
    Files.write(file, new byte[1000]);
    try (var writer = writer(bytes("a", 1))) {
      writer.write("a", numbered(1, 0));
    }
    assertThat(SafetensorsFile.open(file).tensors()).containsOnlyKeys("a");
  }
}
