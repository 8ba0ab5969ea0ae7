package org.tdro.export;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.text.TextKind;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

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

  private final RetrieverAssets assets;
  private final int[][] texts;
  private final List<String> strings;

  /**
   * Creates requests for an export.
   *
   * @param texts token ids that requests are filled with
   * @param strings texts that requests for strings are filled with; without any there are none
   */
  WarmupRequests(RetrieverAssets assets, int[][] texts, List<String> strings) {
    this.assets = assets;
    this.texts = texts;
    this.strings = strings;
  }

  /** Writes the file into a SavedModel. */
  void write(Path savedModel) throws IOException {
    var file = savedModel.resolve(FILE);
    Files.createDirectories(file.getParent());
    Files.write(file, PredictionLog.records(logs()));
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
    if (!strings.isEmpty()) {
      for (var kind : TextKind.values()) {
        for (int batch : BATCHES) {
          logs.add(log(
              RetrieverAssets.textSignature(kind),
              Map.of(RetrieverSignatures.TEXT, strings(batch))));
        }
      }
      for (int batch : BATCHES) {
        logs.add(log(
            RetrieverAssets.TITLED_PASSAGE_SIGNATURE,
            Map.of(
                RetrieverSignatures.TITLE,
                strings(batch),
                RetrieverSignatures.TEXT,
                strings(batch))));
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

  private TensorProto strings(int batch) {
    var tensor = TensorProto.newBuilder()
        .setDtype(DataType.DT_STRING)
        .setTensorShape(TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(batch)));
    for (int row = 0; row < batch; row++) {
      tensor.addStringVal(ByteString.copyFromUtf8(strings.get(row % strings.size())));
    }
    return tensor.build();
  }

  private PredictionLog log(String signature, Map<String, TensorProto> inputs) {
    return new PredictionLog(assets.name(), signature, inputs);
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
    return tensor(batch, length, values);
  }

  private TensorProto mask(int batch, int length) {
    var values = new int[batch * length];
    Arrays.fill(values, 1);
    return tensor(batch, length, values);
  }

  private TensorProto tensor(int batch, int length, int[] values) {
    boolean isLong = assets.idType() == IdType.INT64;
    var bytes = ByteBuffer.allocate(values.length * (isLong ? Long.BYTES : Integer.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      if (isLong) {
        bytes.putLong(value);
      } else {
        bytes.putInt(value);
      }
    }
    return TensorProto.newBuilder()
        .setDtype(isLong ? DataType.DT_INT64 : DataType.DT_INT32)
        .setTensorShape(TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(batch))
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(length)))
        .setTensorContent(ByteString.copyFrom(bytes.array()))
        .build();
  }
}
