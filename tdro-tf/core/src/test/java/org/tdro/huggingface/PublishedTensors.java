package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.tdro.huggingface.safetensors.SafetensorsFile;
import org.tdro.keras.Model;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;

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

  /** Asserts that the difference to {@code values} is at most {@code relative} times as long as the tensor. */
  public void assertNear(Weight weight, float[] values, double relative) {
    var expected = of(weight);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(values[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference))
        .as(weight.name())
        .isLessThanOrEqualTo(relative * Math.sqrt(norm));
  }

  /** Asserts that the weights of {@code model} that are trained differ nowhere by more than {@code absolute}. */
  public void assertWeights(Model model, float absolute) {
    assertThat(model.variables().trainable()).isNotEmpty();
    for (var weight : model.variables().trainable()) {
      assertThat(Values.of(model.session(), weight.value()))
          .as(weight.name())
          .usingComparatorWithPrecision(absolute)
          .containsExactly(of(weight));
    }
  }

  /** The name of a weight in the file. */
  public static String name(Weight weight) {
    return TensorNames.of(weight);
  }
}
