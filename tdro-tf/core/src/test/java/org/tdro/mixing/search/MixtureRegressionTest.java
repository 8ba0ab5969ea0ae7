package org.tdro.mixing.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MixtureRegressionTest {
  private static final double[] UNIFORM = {1 / 3.0, 1 / 3.0, 1 / 3.0};
  private static final CappedSimplex ALL = new CappedSimplex(new double[] {1, 1, 1});

  private static double[][] mixtures(int count) {
    var mixtures = new DirichletMixtures(UNIFORM, 1, 5);
    var drawn = new double[count][];
    Arrays.setAll(drawn, mixtures::mixture);
    return drawn;
  }

  private static double[] values(double[][] mixtures, double b, double... w) {
    return Arrays.stream(mixtures)
        .mapToDouble(mixture -> 1 - Math.exp(b + LogLinearFit.dot(w, mixture)))
        .toArray();
  }

  private static double[] noise(int count, Random random) {
    return random.doubles(count, 0.3, 0.4).toArray();
  }

  @Test
  void recoversALogLinearModel() {
    var mixtures = mixtures(13);
    var fit = LogLinearFit.of(mixtures, values(mixtures, -0.5, -0.6, 0.2, 0.4));
    assertThat(fit.explained()).isGreaterThan(0.9999);
    assertThat(fit.coefficients()).containsExactly(new double[] {-0.6, 0.2, 0.4}, within(1e-3));
    assertThat(fit.error(UNIFORM)).isCloseTo(Math.exp(-0.5), within(1e-4));
  }

  /** The formula against fits without one model each. */
  @Test
  void valuesAreLeftOutOneAtATime() {
    var mixtures = mixtures(10);
    var values = values(mixtures, -0.7, 0.5, -0.5, 0);
    var random = new Random(3);
    Arrays.setAll(values, i -> values[i] + 0.02 * random.nextGaussian());
    var fit = LogLinearFit.of(mixtures, values);
    for (int left = 0; left < values.length; left++) {
      assertThat(fit.leftOut()[left])
          .isCloseTo(1 - predictedWithout(left, mixtures, values, fit.ridge()), within(1e-9));
    }
  }

  /** Solves the normal equations of the other models, with the ridge of all of them. */
  private static double predictedWithout(
      int left, double[][] mixtures, double[] values, double ridge) {
    var equations = new double[4][5];
    for (int c = 1; c < 4; c++) {
      equations[c][c] = ridge * variance(mixtures);
    }
    for (int i = 0; i < values.length; i++) {
      var m = mixtures[i];
      var row = new double[] {1, m[0], m[1], m[2], Math.log(1 - values[i])};
      for (int r = 0; r < 4 && i != left; r++) {
        for (int c = 0; c < 5; c++) {
          equations[r][c] += row[r] * row[c];
        }
      }
    }
    for (int pivot = 0; pivot < 4; pivot++) {
      for (int r = 0; r < 4; r++) {
        double factor = equations[r][pivot] / equations[pivot][pivot];
        for (int c = 0; c < 5 && r != pivot; c++) {
          equations[r][c] -= factor * equations[pivot][c];
        }
      }
    }
    double log = equations[0][4] / equations[0][0];
    for (int c = 1; c < 4; c++) {
      log += equations[c][4] / equations[c][c] * mixtures[left][c - 1];
    }
    return Math.exp(log);
  }

  private static double variance(double[][] mixtures) {
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      int column = c;
      double mean =
          Arrays.stream(mixtures).mapToDouble(row -> row[column]).average().orElseThrow();
      sum += Arrays.stream(mixtures)
          .mapToDouble(row -> (row[column] - mean) * (row[column] - mean))
          .sum();
    }
    return sum / 3;
  }

  @Test
  void noiseIsNotExplained() {
    var mixtures = mixtures(13);
    var random = new Random(4);
    for (int trial = 0; trial < 20; trial++) {
      var fit = LogLinearFit.of(mixtures, noise(13, random));
      assertThat(fit.explained()).isBetween(0.0, 0.6);
    }
    assertThat(LogLinearFit.of(mixtures, new double[13]).explained()).isZero();
    assertThat(
            MixtureRegression.of(mixtures, Map.of("noise", noise(13, random))).ranks())
        .isFalse();
  }

  @Test
  void valuesOfOneAndZeroAreFitted() {
    var mixtures = mixtures(4);
    var fit = LogLinearFit.of(mixtures, new double[] {0, 1, 1, 0.5});
    assertThat(fit.error(UNIFORM)).isBetween(LogLinearFit.LEAST_ERROR, 2.0);
    assertThatThrownBy(() -> LogLinearFit.of(mixtures, new double[] {0, 1, Double.NaN, 0.5}))
        .hasMessageContaining("values must be from 0 to 1");
  }

  @Test
  void findsTheLowestPointOfAGrid() {
    var mixtures = mixtures(20);
    var regression = MixtureRegression.of(
        mixtures,
        Map.of(
            "first", values(mixtures, -0.4, -0.5, 0.1, 0.4),
            "second", values(mixtures, -0.9, 0.8, -0.6, 0.1)));
    assertThat(regression.rankCorrelation()).isGreaterThan(0.95);
    assertThat(regression.ranks()).isTrue();
    var prior = new double[] {0.2, 0.2, 0.6};
    var set = new CappedSimplex(new double[] {0.45, 1, 1});
    for (double kl : new double[] {0, 0.01, 0.1}) {
      var best = regression.best(prior, kl, set);
      double lowest = Double.POSITIVE_INFINITY;
      for (int i = 0; i <= 450; i++) {
        for (int j = 0; i + j <= 1000; j++) {
          var mixture = new double[] {i / 1000.0, j / 1000.0, (1000 - i - j) / 1000.0};
          lowest = Math.min(lowest, objective(regression, mixture, prior, kl));
        }
      }
      assertThat(Arrays.stream(best).sum()).isCloseTo(1, within(1e-12));
      assertThat(best[0]).isBetween(0.0, 0.45 + 1e-12);
      assertThat(objective(regression, best, prior, kl)).isCloseTo(lowest, within(2e-6));
    }
  }

  private static double objective(
      MixtureRegression regression, double[] mixture, double[] prior, double kl) {
    return 1 - regression.predicted(mixture) + kl * MixtureRegression.divergence(mixture, prior);
  }

  @Test
  void thePriorIsBestIfNothingIsExplained() {
    var mixtures = mixtures(13);
    var constant = new double[13];
    Arrays.fill(constant, 0.4);
    var regression = MixtureRegression.of(mixtures, Map.of("measure", constant));
    var prior = new double[] {0.2, 0.2, 0.6};
    assertThat(regression.best(prior, 0.01, ALL)).containsExactly(prior);
    assertThat(regression.rankCorrelation()).isZero();
  }

  @Test
  void capsAreOfPassesOverTheRowsOrOfThoseOfThePrior() {
    var set = CappedSimplex.ofRepetitions(
        new double[] {0.1, 0.45, 0.45}, new long[] {10, 150, 1000}, 4, 1000);
    assertThat(set.caps()).containsExactly(0.4, 1, 1);
    var other =
        CappedSimplex.ofRepetitions(new double[] {0.1, 0.9}, new long[] {200, 1000}, 4, 1000);
    assertThat(other.caps()).containsExactly(0.8, 1);
  }

  /** The minimiser of KL(α ‖ u) among mixtures with α_0 ≤ .3 keeps the ratios of the others. */
  @Test
  void theNearestMixtureKeepsRatiosBelowTheCaps() {
    var set = new CappedSimplex(new double[] {0.3, 1, 1});
    assertThat(set.nearest(new double[] {Math.log(6), Math.log(3), Math.log(1)}))
        .containsExactly(new double[] {0.3, 0.525, 0.175}, within(1e-12));
    assertThat(set.nearest(new double[] {0, 0, Double.NEGATIVE_INFINITY}))
        .containsExactly(new double[] {0.3, 0.7, 0}, within(1e-12));
  }
}
