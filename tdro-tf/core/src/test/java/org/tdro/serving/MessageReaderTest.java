package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.serving.client.Tensors;
import org.tdro.serving.client.proto.DataType;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.TensorProto;

class MessageReaderTest {
  private static final int BYTES = 1 << 20;
  private static final int TEXTS = 512;
  private static final MessageReader READER = MessageReader.of(
      new ServerOptions.Limits(BYTES, TEXTS, 0, 100, TEXTS, 1, Duration.ofMinutes(1)));

  private static PredictRequest read(byte[] message) {
    return READER.read(PredictRequest.getDefaultInstance(), new ByteArrayInputStream(message));
  }

  @Test
  void theLargestRequestIsRead() {
    var texts = Tensors.strings(Collections.nCopies(TEXTS, "a"));
    var ids = TensorProto.newBuilder().setDtype(DataType.DT_INT64);
    for (int i = 0; i < 100_000; i++) {
      ids.addInt64Val(i);
    }
    var request = PredictRequest.newBuilder()
        .putInputs("text", texts)
        .putInputs("title", texts)
        .putInputs("ids", ids.build())
        .build();
    assertThat(read(request.toByteArray())).isEqualTo(request);
  }

  private interface Piece {
    void write(CodedOutputStream out, int index) throws IOException;
  }

  /** Two bytes for each of a million: as many objects, or lists of them, would take a hundred times the memory. */
  @ParameterizedTest
  @CsvSource({
    "DIMENSIONS",
    "NUMBERS_OF_ANOTHER_FORM",
    "INPUTS",
    "OUTPUTS",
    "STRINGS",
    "UNKNOWN_NUMBERS",
    "UNKNOWN_TEXTS"
  })
  void manySmallPartsTakeLittleMemory(String kind) throws IOException {
    var message = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(message);
    Piece piece = switch (kind) {
      case "DIMENSIONS" -> (to, i) -> to.writeByteArray(2, new byte[0]);
      case "INPUTS" ->
        (to, i) ->
            to.writeByteArray(2, new byte[] {10, 2, (byte) (i >> 7 & 127), (byte) (i & 127)});
      // A list of floats, each as a whole number.
      case "NUMBERS_OF_ANOTHER_FORM" -> (to, i) -> to.writeInt32(5, 200);
      case "OUTPUTS" -> (to, i) -> to.writeString(3, "");
      case "STRINGS" -> (to, i) -> to.writeByteArray(8, new byte[0]);
      case "UNKNOWN_NUMBERS" -> (to, i) -> to.writeInt32(100 + i, 1);
      default -> (to, i) -> to.writeString(100 + i, "");
    };
    for (int i = 0; i < 100_000; i++) {
      piece.write(out, i);
    }
    out.flush();
    var parts = ByteString.copyFrom(message.toByteArray());
    byte[] bytes = switch (kind) {
      case "DIMENSIONS" -> request(field(2, parts));
      case "STRINGS", "NUMBERS_OF_ANOTHER_FORM" -> request(parts);
      default -> parts.toByteArray();
    };

    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(ApiException.class)
        .hasMessage("the message has more than 3048 fields; send fewer texts at a time");
    // Of which most is for the bytes themselves.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(6L * BYTES);
  }

  private static byte[] request(ByteString tensor) {
    return field(2, field(2, tensor)).toByteArray();
  }

  private static ByteString field(int number, ByteString content) {
    var bytes = ByteString.newOutput();
    try {
      var out = CodedOutputStream.newInstance(bytes);
      out.writeBytes(number, content);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteString();
  }

  /** Which nest without end, and are in no published message. */
  @Test
  void groupsAreRefused() {
    for (int form : List.of(WireFormat.WIRETYPE_START_GROUP, WireFormat.WIRETYPE_END_GROUP)) {
      var bytes = new byte[BYTES];
      java.util.Arrays.fill(bytes, (byte) (1 << 3 | form));
      assertThatThrownBy(() -> read(bytes))
          .isInstanceOf(ApiException.class)
          .hasMessage("the message has a group, which tensorflow.serving.PredictRequest never has");
    }
  }

  @Test
  void whatIsLargerIsNotRead() {
    assertThatThrownBy(() -> read(new byte[BYTES + 1]))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(413));
  }
}
