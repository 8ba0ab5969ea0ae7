package org.tdro.keras.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DropoutTest {
  private static List<float[]> dropped(float rate, long seed) {
    return Evaluation.of(
        2,
        (model, tf) -> new Dropout(rate, seed, model.counter())
            .call(tf, tf.fill(tf.constant(new int[] {100, 100}), tf.constant(3f))));
  }

  @Test
  void zeroesAboutItsRateOfTheElementsAndScalesTheOthers() {
    var values = dropped(0.25f, 5).get(0);
    int zeros = 0;
    for (float value : values) {
      assertThat(value).isIn(0f, 3f / 0.75f);
      zeros += value == 0 ? 1 : 0;
    }
    // 10,000 draws: the standard deviation of the count is 43.
    assertThat(zeros).isBetween(2300, 2700);
  }

  @Test
  void theSameSeedAndStepDropTheSameElements() {
    assertThat(dropped(0.5f, 5).get(1)).isEqualTo(dropped(0.5f, 5).get(1));
  }

  @Test
  void anotherStepOrSeedDropsOthers() {
    var steps = dropped(0.5f, 5);
    assertThat(steps.get(0)).isNotEqualTo(steps.get(1));
    assertThat(steps.get(0)).isNotEqualTo(dropped(0.5f, 6).get(0));
  }

  @Test
  void aRateOfOneIsRefused() {
    assertThatThrownBy(() -> new Dropout(1, 5, null)).hasMessageContaining("[0, 1), was 1.0");
  }
}
