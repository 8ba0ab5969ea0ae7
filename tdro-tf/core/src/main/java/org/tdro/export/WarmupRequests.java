package org.tdro.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.Tensors;
import org.tdro.serving.client.proto.ModelSpec;
import org.tdro.serving.client.proto.PredictLog;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.PredictionLog;
import org.tdro.serving.client.proto.TensorProto;
import org.tdro.text.TextKind;

/**
 * Requests that TensorFlow Serving answers to itself before it offers a version, so that the first client does not wait for
 * what is prepared at first use: batches of {@link #BATCHES} texts at lengths that double up to the longest.
 */
final class WarmupRequests {
  /** The number of texts in a request. */
  static final List<Integer> BATCHES = List.of(1, 8, 32);

  /** The most requests that TensorFlow Serving reads. */
  static final int MOST = 1000;

  private static final String FILE = "assets.extra/tf_serving_warmup_requests";
  /** Keeps a large model from warming up for minutes. */
  private static final int MOST_TOKENS = 8192;

  /** {@code kMaskDelta} of TensorFlow's {@code crc32c.h}: sums are masked, since records may hold sums themselves. */
  private static final int MASK = 0xa282ead8;

  private static final int MASK_ROTATION = 15;

  private final RetrieverAssets assets;
  private final int[][] texts;
  private final List<StringSamples> strings;

  /**
   * Creates requests for an export.
   *
   * @param texts token ids that requests are filled with
   * @param strings what requests for strings are filled with, of each signature that takes them
   */
  WarmupRequests(RetrieverAssets assets, int[][] texts, List<StringSamples> strings) {
    this.assets = assets;
    this.texts = texts;
    this.strings = strings;
  }

  /** Writes the file into a SavedModel. */
  void write(Path savedModel) throws IOException {
    var file = savedModel.resolve(FILE);
    Files.createDirectories(file.getParent());
    Files.write(file, records(logs()));
  }

  private List<PredictionLog> logs() {
    var logs = new ArrayList<PredictionLog>();
    encoding(RetrieverSignatures.ENCODE_QUERY, TextKind.QUERY, logs);
    encoding(RetrieverSignatures.ENCODE_PASSAGE, TextKind.PASSAGE, logs);
    // As many queries as passages: a server that batches wants the first axes of all inputs equal.
    var length = lengths(TextKind.QUERY).get(0);
    logs.add(log(
        RetrieverSignatures.SCORE,
        Map.of(
            RetrieverSignatures.QUERY + RetrieverSignatures.INPUT_IDS, ids(1, length),
            RetrieverSignatures.QUERY + RetrieverSignatures.ATTENTION_MASK, mask(1, length),
            RetrieverSignatures.PASSAGE + RetrieverSignatures.INPUT_IDS, ids(1, length),
            RetrieverSignatures.PASSAGE + RetrieverSignatures.ATTENTION_MASK, mask(1, length))));
    for (var samples : strings) {
      for (int batch : BATCHES) {
        var inputs = new TreeMap<String, TensorProto>();
        samples.batch(batch).forEach((name, values) -> inputs.put(name, Tensors.strings(values)));
        logs.add(log(samples.signature().key(), inputs));
      }
    }
    return logs.subList(0, Math.min(MOST, logs.size()));
  }

  private void encoding(String signature, TextKind kind, List<PredictionLog> logs) {
    for (int length : lengths(kind)) {
      for (int batch : BATCHES) {
        if (batch == 1 || batch * length <= MOST_TOKENS) {
          logs.add(log(
              signature,
              Map.of(
                  RetrieverSignatures.INPUT_IDS, ids(batch, length),
                  RetrieverSignatures.ATTENTION_MASK, mask(batch, length))));
        }
      }
    }
  }

  /** Returns a logged request; inputs are in the order of their names, so that the same export has the same bytes. */
  private PredictionLog log(String signature, Map<String, TensorProto> inputs) {
    var spec = ModelSpec.newBuilder().setName(assets.name()).setSignatureName(signature);
    var request =
        PredictRequest.newBuilder().setModelSpec(spec).putAllInputs(new TreeMap<>(inputs));
    return PredictionLog.newBuilder()
        .setPredictLog(PredictLog.newBuilder().setRequest(request))
        .build();
  }

  /** Returns the lengths to warm up: multiples of the padding, each twice the one before, and the longest that is warmed up. */
  private List<Integer> lengths(TextKind kind) {
    var lengths = new ArrayList<Integer>();
    int most = Math.min(assets.maxLength(kind), MOST_TOKENS);
    for (long length = assets.padMultiple(); length < most; length *= 2) {
      lengths.add((int) length);
    }
    lengths.add(most);
    return lengths;
  }

  private TensorProto ids(int batch, int length) {
    var values = new int[batch * length];
    for (int row = 0; row < batch; row++) {
      var text = texts[row % texts.length];
      for (int i = 0; i < length; i++) {
        values[row * length + i] = text[i % text.length];
      }
    }
    return Tensors.integers(assets.idType(), batch, values);
  }

  private TensorProto mask(int batch, int length) {
    var values = new int[batch * length];
    Arrays.fill(values, 1);
    return Tensors.integers(assets.idType(), batch, values);
  }

  /**
   * Returns logs as TensorFlow's file of records: of each its length (64 bits, little-endian), a check sum of these bytes, the
   * record and a check sum of it.
   */
  private static byte[] records(List<PredictionLog> logs) {
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
