package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.tdro.keras.Batch;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TInt32;

class EncoderModelTest {
  private static final float ROUNDING = 2e-6f;

  private static float[] encode(EncoderModel model, int[][] ids, int[][] mask) {
    var tensors = new HashMap<String, Tensor>();
    tensors.put(EncoderModel.INPUT_IDS, TInt32.tensorOf(StdArrays.ndCopyOf(ids)));
    tensors.put(EncoderModel.ATTENTION_MASK, TInt32.tensorOf(StdArrays.ndCopyOf(mask)));
    try (var batch = new Batch(tensors, ids.length);
        var result = model.predict(batch)) {
      var values = new float[(int) result.size()];
      result.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Test
  void paddingDoesNotChangeATransformersEmbeddings() {
    try (var model = new EncoderModel(SmallRetriever.mini(), 7)) {
      var alone = encode(model, new int[][] {{5, 9, 20}}, new int[][] {{1, 1, 1}});
      var padded = encode(
          model, new int[][] {{5, 9, 20, 77, 3, 200, 1, 1}}, new int[][] {{1, 1, 1, 0, 0, 0, 0, 0}
          });
      assertThat(padded).usingComparatorWithPrecision(ROUNDING).containsExactly(alone);
    }
  }

  @Test
  void aTransformerSeesTheOrderOfTokens() {
    try (var model = new EncoderModel(SmallRetriever.mini(), 7)) {
      var mask = new int[][] {{1, 1, 1}};
      assertThat(encode(model, new int[][] {{5, 9, 20}}, mask))
          .isNotEqualTo(encode(model, new int[][] {{20, 9, 5}}, mask));
    }
  }

  @Test
  void staticEmbeddingsAreTheMeanOfTheirTokens() {
    try (var model = new EncoderModel(SmallRetriever.staticOf(30), 7)) {
      var twice = encode(model, new int[][] {{5, 5, 0}}, new int[][] {{1, 1, 0}});
      var once = encode(model, new int[][] {{5, 17}}, new int[][] {{1, 0}});
      assertThat(twice).usingComparatorWithPrecision(ROUNDING).containsExactly(once);
    }
  }
}
