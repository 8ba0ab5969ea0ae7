package org.tdro.serving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The other end of an export's check: a process that knows nothing of the trained model loads the SavedModel with
 * TensorFlow's plain loader and writes the embeddings of given token ids.
 */
public final class ExportCheck {
  private ExportCheck() {}

  /**
   * Runs the check.
   *
   * @param arguments the SavedModel's folder, its {@link IdType}, a file of token ids (a text a line, ids separated by
   *     blanks) and the file to write: for each signature, row after row of little-endian floats
   */
  public static void main(String[] arguments) throws IOException {
    var type = IdType.valueOf(arguments[1]);
    var texts = new ArrayList<int[]>();
    for (var line : Files.readAllLines(Path.of(arguments[2]))) {
      texts.add(
          java.util.Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray());
    }
    try (var bundle = SavedModelBundle.load(arguments[0], "serve")) {
      var embeddings = new ArrayList<float[]>();
      for (var signature : SavedModelWriter.SIGNATURES) {
        embeddings.add(encode(bundle, signature, type, texts));
      }
      int size = embeddings.stream().mapToInt(values -> values.length).sum();
      var bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (var values : embeddings) {
        for (float value : values) {
          bytes.putFloat(value);
        }
      }
      Files.write(Path.of(arguments[3]), bytes.array());
    }
  }

  private static float[] encode(
      SavedModelBundle bundle, String signature, IdType type, List<int[]> texts) {
    int length = texts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    var ids = new int[texts.size() * length];
    var mask = new int[ids.length];
    for (int row = 0; row < texts.size(); row++) {
      for (int i = 0; i < texts.get(row).length; i++) {
        ids[row * length + i] = texts.get(row)[i];
        mask[row * length + i] = 1;
      }
    }
    var shape = Shape.of(texts.size(), length);
    try (var idTensor = tensor(type, shape, ids);
        var maskTensor = tensor(type, shape, mask);
        var result = bundle
            .function(signature)
            .call(Map.of(
                SavedModelWriter.INPUT_IDS,
                idTensor,
                SavedModelWriter.ATTENTION_MASK,
                maskTensor))) {
      var embedding = (TFloat32) result.get(SavedModelWriter.EMBEDDING).orElseThrow();
      var values = new float[Math.toIntExact(embedding.size())];
      embedding.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  private static Tensor tensor(IdType type, Shape shape, int[] values) {
    return type == IdType.INT32
        ? TInt32.tensorOf(shape, DataBuffers.of(values))
        : TInt64.tensorOf(
            shape, DataBuffers.of(java.util.Arrays.stream(values).asLongStream().toArray()));
  }
}
