package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GroupDroTest {
  private static final int[] IDS = {0, 1, 2, 2};
  private static final List<Double> UNIFORM = List.of(1.0, 1.0, 1.0);

  private static void assertClose(List<Float> actual, double... expected) {
    assertThat(actual.stream().mapToDouble(Float::doubleValue).toArray())
        .containsExactly(expected, within(2e-6));
  }

  @Test
  void anUpdateMultipliesByTheExponentialOfTheMeanLoss() {
    try (var run = new LearnerRun(new GroupDro(0.5, 0.1, UNIFORM), 3)) {
      run.update(IDS, new float[] {1, 2, 2, 4}, new float[4]);
      double[] power = {Math.exp(0.5), Math.exp(1), Math.exp(1.5)};
      double total = power[0] + power[1] + power[2];
      assertClose(run.learned().weights(), power[0] / total, power[1] / total, power[2] / total);
    }
  }

  @Test
  void aRowHasItsDomainsNewWeightSharedWithTheRowsOfTheDomain() {
    try (var run = new LearnerRun(new GroupDro(0.5, 0.1, UNIFORM), 3)) {
      var rows = run.update(IDS, new float[] {1, 2, 2, 4}, new float[4]);
      var weights = run.learned().weights();
      assertClose(rows, weights.get(0), weights.get(1), weights.get(2) / 2.0, weights.get(2) / 2.0);
    }
  }

  /** The whole algorithm in doubles, over batches in which domains are absent now and then. */
  @Test
  void theTrajectoryIsThatOfTheAlgorithmInDoubles() {
    var random = new SplittableRandom(4);
    double eta = 0.1;
    double[] alpha = {0.5, 0.25, 0.25};
    double[] mean = new double[3];
    double[] ema = alpha.clone();
    try (var run = new LearnerRun(new GroupDro(eta, 0.2, List.of(2.0, 1.0, 1.0)), 3)) {
      for (int update = 1; update <= 30; update++) {
        int rows = 1 + random.nextInt(5);
        var ids = random.ints(rows, 0, 3).toArray();
        var losses = new float[rows];
        double[] sum = new double[3];
        int[] count = new int[3];
        for (int i = 0; i < rows; i++) {
          losses[i] = (float) (3 * random.nextDouble());
          sum[ids[i]] += losses[i];
          count[ids[i]]++;
        }
        double total = 0;
        for (int g = 0; g < 3; g++) {
          alpha[g] *= count[g] == 0 ? 1 : Math.exp(eta * sum[g] / count[g]);
          total += alpha[g];
        }
        for (int g = 0; g < 3; g++) {
          alpha[g] /= total;
          mean[g] += alpha[g];
          // The moving average begins with the weights as they were given.
          ema[g] =
              update == 1 ? 0.8 * (g == 0 ? 2 : 1) + 0.2 * alpha[g] : 0.8 * ema[g] + 0.2 * alpha[g];
        }
        run.update(ids, losses, new float[rows]);
        assertClose(run.learned().weights(), alpha);
      }
      assertClose(run.learned().mean(), mean[0] / 30, mean[1] / 30, mean[2] / 30);
      assertClose(run.learned().ema(), ema);
      assertThat(run.learned().result()).isEqualTo(LearnedMixture.Result.LAST);
    }
  }

  @Test
  void theRowsOfAllMicroBatchesMakeTheMeanAndOnlyTheLastMovesTheWeights() {
    try (var split = new LearnerRun(new GroupDro(0.5, 0.1, UNIFORM), 3);
        var whole = new LearnerRun(new GroupDro(0.5, 0.1, UNIFORM), 3)) {
      var before = split.learned();
      split.microBatch(new int[] {0, 2, 2}, new float[] {1, 3, 5}, new float[3], false);
      assertThat(split.learned()).isEqualTo(before);
      split.microBatch(new int[] {2, 1}, new float[] {1, 2}, new float[2], true);
      whole.update(new int[] {0, 2, 2, 2, 1}, new float[] {1, 3, 5, 1, 2}, new float[5]);
      assertThat(split.learned()).isEqualTo(whole.learned());
    }
  }

  @Test
  void theStepSizeIsAboveZero() {
    assertThatThrownBy(() -> new GroupDro(0, 0.1, UNIFORM))
        .hasMessage("the step size must be above 0 and finite, was 0.0");
  }

  @Test
  void stateIsReadFromABuiltLearnerOnly() {
    assertThatThrownBy(() -> new GroupDro(1, 0.1, UNIFORM).learned(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("build it into a model first");
  }
}
