package org.tdro.mixing.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaveOneOutTest {
  private static final double[][] ALL = {{0.4, 0.6, 0.5, 0.5}, {0.2, 0.2}};

  /** Differences .1, .3, .2, .2 and .1, .1: means .2 and .1, variance of the mean of the first .0066667 / 4. */
  @Test
  void pairsQueriesAndAveragesSets() {
    var choice = LeaveOneOut.of(
        List.of("a", "b"),
        ALL,
        List.of(
            new double[][] {{0.5, 0.9, 0.7, 0.7}, {0.3, 0.3}},
            new double[][] {{0.4, 0.6, 0.5, 0.5}, {0.2, 0.2}}));
    assertThat(choice.effects().get(0).gain()).isCloseTo(0.15, within(1e-12));
    assertThat(choice.effects().get(0).standardError())
        .isCloseTo(Math.sqrt(0.02 / 3 / 4) / 2, within(1e-12));
    assertThat(choice.kept()).containsExactly("b");
  }

  @Test
  void aGainWithinTheSpreadOfQueriesDropsNothing() {
    var noisy = new double[][] {{0.1, 0.9, 0.9, 0.2}, {0.2, 0.2}};
    assertThat(
            LeaveOneOut.of(List.of("a"), ALL, Collections.singletonList(noisy)).kept())
        .containsExactly("a");
  }

  @Test
  void oneDomainIsAlwaysKept() {
    var better = new double[][] {{0.5, 0.7, 0.6, 0.6}, {0.3, 0.3}};
    var best = new double[][] {{0.8, 0.9, 0.9, 0.9}, {0.6, 0.5}};
    var choice = LeaveOneOut.of(List.of("a", "b"), ALL, List.of(best, better));
    assertThat(choice.kept()).hasSize(1);
  }
}
