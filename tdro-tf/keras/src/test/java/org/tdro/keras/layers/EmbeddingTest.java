package org.tdro.keras.layers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tdro.keras.Initializer;

class EmbeddingTest {
  @Test
  void looksUpARowOfTheTableForEachId() {
    var words = new Embedding(3, 2, Initializer.values(1, 2, 3, 4, 5, 6));
    var vectors = Evaluation.of(
        1, context -> words.call(context, context.tf().constant(new int[] {2, 0, 2})));
    assertThat(vectors.get(0)).containsExactly(5, 6, 1, 2, 5, 6);
  }
}
