package org.tdro.keras.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.tdro.keras.optimizers.GivenGradients.after3Updates;
import static org.tdro.keras.optimizers.GivenGradients.norms;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tdro.keras.LearningRateSchedule;
import org.tensorflow.ndarray.Shape;

/**
 * Three updates at rate 0.1 with given gradients. The expected numbers come from the formulas that torch documents for its
 * optimizers, computed in double precision by a separate script.
 */
class OptimizersTest {
  private static final LearningRateSchedule RATE = LearningRateSchedule.constant(0.1);
  private static final Offset<Float> EXACT = within(2e-6f);

  @Test
  void sgdSubtractsTheGradients() {
    assertThat(after3Updates(new Sgd(RATE))).containsExactly(v(0.875, -2.11), EXACT);
  }

  @Test
  void sgdAddsWeightDecayToTheGradient() {
    assertThat(after3Updates(new Sgd(RATE, 0, 0, 0.5))).containsExactly(v(0.736, -1.8245), EXACT);
  }

  @Test
  void sgdFollowsItsMomentum() {
    assertThat(after3Updates(new Sgd(RATE, 0.9, 0, 0))).containsExactly(v(0.812, -2.119), EXACT);
  }

  @Test
  void sgdDoesNotDampenTheFirstGradient() {
    assertThat(after3Updates(new Sgd(RATE, 0.9, 0.5, 0.1)))
        .containsExactly(v(0.797751, -1.842627), EXACT);
  }

  @Test
  void adagradDividesByTheRootOfTheSumOfSquares() {
    assertThat(after3Updates(new Adagrad(RATE, 1e-10, 0)))
        .containsExactly(v(0.8574342035, -1.9939103896), EXACT);
  }

  @Test
  void adagradAddsEpsilonOutsideTheRoot() {
    assertThat(after3Updates(new Adagrad(RATE, 0.1, 0)))
        .containsExactly(v(0.8743221916, -1.9989814619), EXACT);
  }

  @Test
  void adagradAddsWeightDecayToTheGradient() {
    assertThat(after3Updates(new Adagrad(RATE, 1e-10, 0.5)))
        .containsExactly(v(0.7987770214, -1.9104256447), EXACT);
  }

  @Test
  void rmsPropDividesByTheRootOfTheMeanSquare() {
    assertThat(after3Updates(new RmsProp(RATE, 0.99, 1e-8, 0)))
        .containsExactly(v(-0.4257262161, -1.9402692235), EXACT);
  }

  @Test
  void rmsPropAddsEpsilonOutsideTheRootAndDecayToTheGradient() {
    assertThat(after3Updates(new RmsProp(RATE, 0.9, 0.01, 0.5)))
        .containsExactly(v(0.4059092172, -1.7371511463), EXACT);
  }

  @Test
  void adamCorrectsTheBiasOfItsMeans() {
    assertThat(after3Updates(AdamW.builder(RATE).build()))
        .containsExactly(v(0.8075551397, -1.9677376895), EXACT);
  }

  @Test
  void adamWShrinksTheWeightApartFromTheGradient() {
    var optimizer = AdamW.builder(RATE).weightDecay(0.5).decays(weight -> true).build();
    assertThat(after3Updates(optimizer)).containsExactly(v(0.6760118246, -1.6904071718), EXACT);
  }

  @Test
  void adamWTakesItsConstants() {
    var optimizer = AdamW.builder(RATE)
        .betas(0.8, 0.95)
        .epsilon(0.1)
        .weightDecay(0.1)
        .decays(weight -> true)
        .build();
    assertThat(after3Updates(optimizer)).containsExactly(v(0.8123422835, -1.9218353436), EXACT);
  }

  @Test
  void adamWLeavesVectorsWithoutDecayUnlessTold() {
    var optimizer = AdamW.builder(RATE).weightDecay(0.5).build();
    assertThat(after3Updates(optimizer)).containsExactly(v(0.8075551397, -1.9677376895), EXACT);
  }

  @Test
  void adamWDecaysMatrices() {
    var optimizer = AdamW.builder(RATE).weightDecay(0.5).build();
    assertThat(after3Updates(optimizer, Shape.of(1, 2)))
        .containsExactly(v(0.6760118246, -1.6904071718), EXACT);
  }

  @Test
  void globalClipNormScalesGradientsThatAreLonger() {
    assertThat(after3Updates(new Sgd(RATE).globalClipNorm(1)))
        .containsExactly(v(0.8681785277, -2.0197354613), EXACT);
  }

  @Test
  void theNormOfTheGradientIsThatBeforeClipping() {
    double[] norms = {Math.sqrt(1.25), Math.sqrt(4.0625), Math.sqrt(1.01)};
    for (float clipNorm : new float[] {0, 1}) {
      assertThat(norms(new Sgd(RATE).globalClipNorm(clipNorm)).values())
          .zipSatisfy(
              List.of(norms[0], norms[1], norms[2]),
              (norm, expected) -> assertThat(norm).isCloseTo(expected, within(1e-6)));
    }
  }

  @Test
  void theNormOfAccumulatedGradientsIsThatOfTheirMean() {
    assertThat(norms(new Sgd(RATE).gradientAccumulationSteps(3)).get(1L))
        .isCloseTo(Math.hypot(1.25 / 3, 1.1 / 3), within(1e-6));
  }

  @Test
  void theRateFollowsItsSchedule() {
    LearningRateSchedule onlyTheSecond = done -> done == 1 ? 0.1 : 0;
    assertThat(after3Updates(new Sgd(onlyTheSecond))).containsExactly(v(1.025, -2.2), EXACT);
  }

  private static float[] v(double first, double second) {
    return new float[] {(float) first, (float) second};
  }
}
