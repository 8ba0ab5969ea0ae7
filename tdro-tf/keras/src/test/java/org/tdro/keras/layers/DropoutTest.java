package org.tdro.keras.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class DropoutTest {
  private static Operand<TFloat32> threes(Ops tf) {
    return tf.fill(tf.constant(new int[] {100, 100}), tf.constant(3f));
  }

  private static List<float[]> dropped(float rate, long seed) {
    var dropout = new Dropout(rate);
    return Evaluation.of(2, seed, context -> dropout.call(context, threes(context.tf())));
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
  void layersOfOtherNamesDropOthers() {
    var first = new Dropout(0.5f);
    var second = new Dropout(0.5f);
    var both = Evaluation.of(1, context -> {
      var tf = context.tf();
      return tf.math.sub(first.call(context, threes(tf)), second.call(context, threes(tf)));
    });
    assertThat(both.get(0)).contains(6f, -6f);
  }

  @Test
  void inferenceLeavesEverything() {
    var dropout = new Dropout(0.5f);
    var values = Evaluation.of(
        1, context -> dropout.call(context.withTraining(false), threes(context.tf())));
    assertThat(values.get(0)).containsOnly(3f);
  }

  @Test
  void aRateOfOneIsRefused() {
    assertThatThrownBy(() -> new Dropout(1)).hasMessageContaining("[0, 1), was 1.0");
  }
}
