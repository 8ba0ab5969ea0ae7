package org.tdro.models.huggingface;

import java.nio.file.Path;
import org.tdro.keras.Weight;
import org.tdro.models.safetensors.SafetensorsFile;

/** The F32 tensors of a safetensors file, laid out as the weights they belong to. */
public record PublishedTensors(Path file) {

  /** In row-major order of the weight's shape. */
  public float[] of(Weight weight) {
    var tensor = SafetensorsFile.open(file).tensors().get(TensorNames.of(weight));
    var stored = new float[Math.toIntExact(tensor.elements())];
    tensor.buffer().asFloatBuffer().get(stored);
    if (!TensorNames.isTransposed(weight)) {
      return stored;
    }
    int in = (int) weight.shape().get(0);
    int out = (int) weight.shape().get(1);
    var turned = new float[stored.length];
    for (int row = 0; row < out; row++) {
      for (int column = 0; column < in; column++) {
        turned[column * out + row] = stored[row * in + column];
      }
    }
    return turned;
  }

  /** The name of a weight in the file. */
  public static String name(Weight weight) {
    return TensorNames.of(weight);
  }
}
