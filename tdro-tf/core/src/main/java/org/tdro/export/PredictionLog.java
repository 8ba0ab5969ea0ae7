package org.tdro.export;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.tensorflow.proto.TensorProto;

/**
 * A logged request as TensorFlow Serving replays it. No library with the classes of its protocol is published for Java, so the four
 * messages that are needed are written by the numbers of their fields, from {@code tensorflow_serving/apis/}
 * {@code prediction_log.proto}, {@code predict.proto} and {@code model.proto}.
 *
 * @param model its name on the server
 * @param inputs by the names that the signature has
 */
record PredictionLog(String model, String signature, Map<String, TensorProto> inputs) {
  // PredictionLog
  private static final int PREDICT_LOG = 6;
  // PredictLog
  private static final int REQUEST = 1;
  // PredictRequest
  private static final int MODEL_SPEC = 1;
  private static final int INPUTS = 2;
  // ModelSpec
  private static final int NAME = 1;
  private static final int SIGNATURE_NAME = 3;
  // An entry of a map
  private static final int KEY = 1;
  private static final int VALUE = 2;

  /** {@code kMaskDelta} of TensorFlow's {@code crc32c.h}: sums are masked, since records may hold sums themselves. */
  private static final int MASK = 0xa282ead8;

  private static final int MASK_ROTATION = 15;

  PredictionLog {
    inputs = new TreeMap<>(inputs);
  }

  byte[] toByteArray() {
    var request = message(out -> {
      out.writeBytes(MODEL_SPEC, message(spec -> {
        spec.writeString(NAME, model);
        spec.writeString(SIGNATURE_NAME, signature);
      }));
      for (var input : inputs.entrySet()) {
        out.writeBytes(INPUTS, message(entry -> {
          entry.writeString(KEY, input.getKey());
          entry.writeMessage(VALUE, input.getValue());
        }));
      }
    });
    var log = message(out -> out.writeBytes(REQUEST, request));
    return message(out -> out.writeBytes(PREDICT_LOG, log)).toByteArray();
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** Writes a nested message, which has the form of a field of bytes. */
  private static ByteString message(Fields fields) {
    try {
      var bytes = new ByteArrayOutputStream();
      var out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
      return ByteString.copyFrom(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns logs as TensorFlow's file of records: of each its length (64 bits, little-endian), a check sum of these bytes, the
   * record and a check sum of it.
   */
  static byte[] records(List<PredictionLog> logs) {
    var file = new ByteArrayOutputStream();
    for (var log : logs) {
      var record = log.toByteArray();
      var length = ByteBuffer.allocate(Long.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(record.length)
          .array();
      file.writeBytes(length);
      file.writeBytes(maskedSum(length));
      file.writeBytes(record);
      file.writeBytes(maskedSum(record));
    }
    return file.toByteArray();
  }

  private static byte[] maskedSum(byte[] bytes) {
    var sum = new CRC32C();
    sum.update(bytes);
    int masked = Integer.rotateRight((int) sum.getValue(), MASK_ROTATION) + MASK;
    return ByteBuffer.allocate(Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(masked)
        .array();
  }
}
