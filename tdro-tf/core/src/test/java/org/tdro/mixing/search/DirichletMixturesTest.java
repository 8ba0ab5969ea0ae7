package org.tdro.mixing.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirichletMixturesTest {
  private static final double[] PRIOR = {0.5, 0.3, 0.2};
  private static final int DRAWS = 20_000;

  @Test
  void theFirstMixtureIsThePrior() {
    assertThat(new DirichletMixtures(PRIOR, 1, 7).mixture(0)).containsExactly(PRIOR);
  }

  @Test
  void aMixtureFollowsFromSeedAndIndexAlone() {
    var mixtures = new DirichletMixtures(PRIOR, 1, 7);
    var third = mixtures.mixture(3);
    mixtures.mixture(1);
    assertThat(mixtures.mixture(3)).containsExactly(third);
    assertThat(mixtures.mixture(4)).isNotEqualTo(third);
    assertThat(new DirichletMixtures(PRIOR, 1, 8).mixture(3)).isNotEqualTo(third);
  }

  /** Mean p and variance p (1 − p) / (1 + Σ a) of a Dirichlet distribution with parameters a = c k p. */
  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 5})
  void sharesHaveTheMomentsOfTheDistribution(double concentration) {
    var mixtures = new DirichletMixtures(PRIOR, concentration, 1);
    for (int domain = 0; domain < PRIOR.length; domain++) {
      double sum = 0;
      double squares = 0;
      for (int i = 1; i <= DRAWS; i++) {
        double share = mixtures.mixture(i)[domain];
        sum += share;
        squares += share * share;
      }
      double mean = sum / DRAWS;
      double p = PRIOR[domain];
      double variance = p * (1 - p) / (1 + concentration * PRIOR.length);
      assertThat(mean).isCloseTo(p, within(5 * Math.sqrt(variance / DRAWS)));
      assertThat(squares / DRAWS - mean * mean).isCloseTo(variance, within(0.05 * variance));
    }
  }

  @Test
  void tinyConcentrationsGiveMixturesToo() {
    var mixtures = new DirichletMixtures(PRIOR, 1e-4, 1);
    for (int i = 1; i < 100; i++) {
      assertThat(Arrays.stream(mixtures.mixture(i)).sum()).isCloseTo(1, within(1e-12));
    }
  }
}
