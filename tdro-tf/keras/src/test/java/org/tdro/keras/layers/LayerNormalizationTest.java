package org.tdro.keras.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LayerNormalizationTest {
  /** By hand: (1, 2, 4, −3) has mean 1 and variance 6.5, so ε = 0.5 divides by √7; a constant row becomes zero. */
  @Test
  void centresAndScalesTheLastAxis() {
    var norm = new LayerNormalization(0.5f);
    var rows = Evaluation.of(
        1,
        context ->
            norm.call(context, context.tf().constant(new float[][] {{1, 2, 4, -3}, {9, 9, 9, 9}})));
    assertThat(rows.get(0))
        .containsExactly(
            new float[] {0, 0.3779645f, 1.1338934f, -1.5118579f, 0, 0, 0, 0}, within(1e-6f));
  }
}
