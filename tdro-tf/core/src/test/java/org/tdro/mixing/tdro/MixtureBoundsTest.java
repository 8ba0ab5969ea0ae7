package org.tdro.mixing.tdro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tdro.mixing.LearnedMixture;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;

class MixtureBoundsTest {
  private static final float[] UNIFORM = {1, 1, 1};

  /** Returns the mixture within the bounds, of one that need not sum to 1. */
  private static double[] bounded(MixtureBounds bounds, double[] weights, float[] initial) {
    var logs = new float[weights.length];
    double sum = sum(weights);
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(weights[i] / sum);
    }
    return exponentials(apply(bounds, logs, initial));
  }

  private static float[] apply(MixtureBounds bounds, float[] logs, float[] initial) {
    try (var session = EagerSession.create()) {
      var tf = Ops.create(session);
      var result = bounds.apply(tf, tf.constant(logs), initial).asTensor();
      var values = LearnedMixture.values(result);
      var array = new float[values.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = values.get(i);
      }
      return array;
    }
  }

  private static double[] exponentials(float[] logs) {
    return IntStream.range(0, logs.length).mapToDouble(i -> Math.exp(logs[i])).toArray();
  }

  private static double sum(double[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
  }

  private static double divergence(double[] weights, double[] prior) {
    return IntStream.range(0, weights.length)
        .filter(i -> weights[i] > 0)
        .mapToDouble(i -> weights[i] * Math.log(weights[i] / prior[i]))
        .sum();
  }

  @Test
  void theFloorTakesFromTheOthersInProportion() {
    // ε / k is .1.
    var bounds = new MixtureBounds(0.3, 0);
    assertThat(bounded(bounds, new double[] {0.9, 0.08, 0.02}, UNIFORM))
        .containsExactly(new double[] {0.8, 0.1, 0.1}, within(1e-6));
    assertThat(bounded(bounds, new double[] {0.6, 0.36, 0.04}, UNIFORM))
        .containsExactly(new double[] {0.5625, 0.3375, 0.1}, within(1e-6));
    // Raising one alone pushes the next below the floor.
    assertThat(bounded(bounds, new double[] {0.899, 0.1, 0.001}, UNIFORM))
        .containsExactly(new double[] {0.8, 0.1, 0.1}, within(1e-6));
  }

  @Test
  void theFloorIsAShareOfTheInitialWeight() {
    assertThat(bounded(
            new MixtureBounds(0.5, 0), new double[] {0.9, 0.05, 0.05}, new float[] {1, 5, 4}))
        .containsExactly(new double[] {0.55, 0.25, 0.2}, within(1e-6));
  }

  @Test
  void aFloorOfOneGivesTheInitialWeights() {
    assertThat(
            bounded(new MixtureBounds(1, 0), new double[] {0.9, 0.05, 0.05}, new float[] {1, 5, 4}))
        .containsExactly(new double[] {0.1, 0.5, 0.4}, within(1e-6));
  }

  @Test
  void theTrustRegionEndsWhereItsDivergenceIs() {
    double[] edge = {0.75, 0.25};
    var bounds = new MixtureBounds(0, divergence(edge, new double[] {0.5, 0.5}));
    assertThat(bounded(bounds, new double[] {0.999, 0.001}, new float[] {1, 1}))
        .containsExactly(edge, within(1e-6));
  }

  /** On it, log α' − log p is proportional to log α − log p, up to normalisation. */
  @Test
  void theMixtureIsDrawnBackOnTheGeodesicToTheInitialWeights() {
    double[] prior = {0.1, 0.5, 0.4};
    double[] weights = {0.8, 0.15, 0.05};
    var actual = bounded(new MixtureBounds(0, 0.2), weights, new float[] {1, 5, 4});
    var ratios = new double[2];
    for (int i = 0; i < 2; i++) {
      ratios[i] = Math.log(actual[i] / prior[i] * prior[2] / actual[2])
          / Math.log(weights[i] / prior[i] * prior[2] / weights[2]);
    }
    assertThat(ratios[0]).isBetween(0.1, 0.9).isCloseTo(ratios[1], within(1e-5));
    assertThat(divergence(actual, prior)).isCloseTo(0.2, within(1e-6));
  }

  /** Mixtures of up to 30 domains, some with weights that a float cannot hold. */
  @Test
  void bothBoundsHoldAndTheSumIsOne() {
    var random = new SplittableRandom(11);
    for (int round = 0; round < 60; round++) {
      int k = 1 + random.nextInt(30);
      var initial = new float[k];
      var logs = new float[k];
      double spread = Math.pow(10, 3 * random.nextDouble() - 1);
      double highest = 0;
      for (int i = 0; i < k; i++) {
        initial[i] = (float) (0.05 + random.nextDouble());
        logs[i] = (float) (-spread * random.nextDouble());
        highest += Math.exp(logs[i]);
      }
      for (int i = 0; i < k; i++) {
        logs[i] -= (float) Math.log(highest);
      }
      double total = IntStream.range(0, k).mapToDouble(i -> initial[i]).sum();
      var prior = IntStream.range(0, k).mapToDouble(i -> initial[i] / total).toArray();
      double floor = round % 3 == 0 ? 0 : random.nextDouble();
      double region = round % 3 == 1 ? 0 : 0.01 + random.nextDouble();
      var actual = exponentials(apply(new MixtureBounds(floor, region), logs, initial));
      assertThat(sum(actual)).isCloseTo(1, within(1e-5));
      for (int i = 0; i < k; i++) {
        assertThat(actual[i]).isGreaterThanOrEqualTo(floor * prior[i] * (1 - 1e-5));
      }
      if (region > 0) {
        assertThat(divergence(actual, prior)).isLessThan(region + 1e-5);
      }
    }
  }

  @Test
  void aMixtureWithinTheBoundsKeepsItsBits() {
    float[] logs = {-1.0986123f, -0.9f, -1.3401728f};
    assertThat(apply(new MixtureBounds(0.5, 0.36), logs, UNIFORM)).containsExactly(logs);
  }

  @Test
  void boundsAreChecked() {
    assertThatThrownBy(() -> new MixtureBounds(1.5, -1))
        .hasMessage("floor must be from 0 to 1, was 1.5\ntrustRegion must be at least 0, was -1.0");
  }
}
