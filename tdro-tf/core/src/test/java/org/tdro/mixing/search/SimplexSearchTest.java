package org.tdro.mixing.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimplexSearchTest {
  private static final double[] UNIFORM = {0.25, 0.25, 0.25, 0.25};
  private static final double[] PEAK = {0.6, 0.3, 0.1, 0};

  private static double value(double[] mixture) {
    double sum = 0;
    for (int i = 0; i < mixture.length; i++) {
      sum -= (mixture[i] - PEAK[i]) * (mixture[i] - PEAK[i]);
    }
    return sum;
  }

  private static List<double[]> evaluated(long seed, int evaluations) {
    var mixtures = new ArrayList<double[]>();
    new SimplexSearch(UNIFORM, evaluations, seed).best(mixture -> {
      mixtures.add(mixture);
      return value(mixture);
    });
    return mixtures;
  }

  @Test
  void findsThePeakOfASmoothFunction() {
    var best = new SimplexSearch(UNIFORM, 100, 1).best(SimplexSearchTest::value);
    assertThat(best.mixture()).containsExactly(PEAK, within(0.02));
    assertThat(best.value()).isEqualTo(value(best.mixture()));
  }

  @Test
  void beginsWithThePriorAndEachDomainAlone() {
    var first = evaluated(1, 100).subList(0, 5);
    assertThat(first.get(0)).containsExactly(UNIFORM);
    assertThat(first.get(3)).containsExactly(0, 0, 1, 0);
  }

  @Test
  void evaluatesMixturesAsOftenAsItMay() {
    var all = evaluated(3, 25);
    assertThat(all).hasSize(25).allSatisfy(mixture -> {
      assertThat(Arrays.stream(mixture).sum()).isCloseTo(1, within(1e-9));
      assertThat(mixture).doesNotContain(Double.NaN);
    });
    assertThat(evaluated(3, 20).stream().map(Arrays::toString))
        .containsExactlyElementsOf(
            all.subList(0, 20).stream().map(Arrays::toString).toList());
  }

  @Test
  void aDomainThatIsBestAloneIsNoDeadEnd() {
    var best = new SimplexSearch(UNIFORM, 80, 1)
        .best(mixture -> mixture[0] == 1 ? -0.2 : value(mixture) - (mixture[0] < 0.5 ? 1 : 0));
    assertThat(best.value()).isGreaterThan(-0.05);
  }
}
