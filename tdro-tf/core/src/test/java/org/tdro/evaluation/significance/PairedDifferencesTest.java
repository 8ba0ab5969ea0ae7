package org.tdro.evaluation.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;
import org.junit.jupiter.api.Test;
import org.tdro.evaluation.significance.PairedDifferences.Interval;
import org.tdro.evaluation.significance.PairedDifferences.Samples;

class PairedDifferencesTest {
  private static final Samples SAMPLES = new Samples(10_000, 42);

  /** Darwin's maize: how much taller the crossed plant of each pair is, in eighths of an inch (Fisher 1935, section 17). */
  private static final double[] MAIZE = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48
  };

  private static final double[] FIRST = {0.2, -0.1, 0.4};
  private static final double[] SECOND = {0.5, 0.0, -0.3, 0.25, 0.1};

  private static PairedDifferences of(double... values) {
    return PairedDifferences.of("set", values, SAMPLES);
  }

  private static PairedDifferences both() {
    return PairedDifferences.ofSets(List.of(
        PairedDifferences.of("first", FIRST, SAMPLES),
        PairedDifferences.of("second", SECOND, SAMPLES)));
  }

  /** Fisher 1935: t = 2.148 with 14 degrees of freedom; in section 21, 1726 of 2^15 signs. */
  @Test
  void darwinsMaizeHasFishersValues() {
    assertThat(of(MAIZE).student()).isCloseTo(0.04970, within(5e-6));
    assertThat(of(MAIZE).fisher()).isEqualTo(1726 / 32768.0);
  }

  /** Student's sleep data, as R prints them: t = -4.0621, df = 9, p-value = 0.002833. */
  @Test
  void studentsSleepHasTheValueOfR() {
    assertThat(of(-1.2, -2.4, -1.3, -1.3, 0, -1, -1.8, -0.8, -4.6, -1.4).student())
        .isCloseTo(0.002833, within(5e-7));
  }

  /** Student's distribution with one degree of freedom is Cauchy's; with two, its tail is (1 - t / √(2 + t²)) / 2. */
  @Test
  void theTTestIsThatOfClosedForms() {
    assertThat(of(1, 3).student()).isCloseTo(1 - 2 / Math.PI * Math.atan(2), within(1e-14));
    double t = 2 / Math.sqrt(1 / 3.0);
    assertThat(of(1, 2, 3).student()).isCloseTo(1 - t / Math.sqrt(2 + t * t), within(1e-14));
  }

  @Test
  void differencesThatDoNotVaryAreCertain() {
    assertThat(of(0, 0, 0).student()).isEqualTo(1);
    assertThat(of(0, 0, 0).fisher()).isEqualTo(1);
    assertThat(of(0.5, 0.5, 0.5).student()).isZero();
    assertThat(of(0.5, 0.5, 0.5).fisher()).isEqualTo(2 / 8.0);
  }

  /** As means of three runs have: 0.1 + 0.1 + 0.1 is not 0.3. */
  @Test
  void whatRoundingLeavesIsNoDifference() {
    double rest = (0.1 + 0.1 + 0.1) / 3 - 0.1;
    assertThat(rest).isNotZero();
    assertThat(of(rest, rest, rest, rest).student()).isEqualTo(1);
    assertThat(of(rest, rest, rest, rest).fisher()).isEqualTo(1);
  }

  @Test
  void aSingleQueryHasNoTTest() {
    assertThat(of(0.5).student()).isNaN();
    assertThat(of(0.5).fisher()).isEqualTo(1);
  }

  @Test
  void setsCountAlikeHoweverManyQueriesTheyHave() {
    double mean = (Arrays.stream(FIRST).average().orElseThrow()
            + Arrays.stream(SECOND).average().orElseThrow())
        / 2;
    assertThat(both().mean()).isCloseTo(mean, within(1e-15));
  }

  /** The mean of two independent means against 0 is Welch's test of one sample against the negated other. */
  @Test
  void theTTestOfTwoSetsIsWelchs() {
    var negated = Arrays.stream(SECOND).map(value -> -value).toArray();
    assertThat(both().student())
        .isCloseTo(
            TTest.withDefaults()
                .with(DataDispersion.HETEROSCEDASTIC)
                .test(FIRST, negated)
                .getPValue(),
            within(1e-14));
  }

  @Test
  void theRandomisationOfTwoSetsCountsTheSignsOfTheirMean() {
    int extreme = 0;
    for (int signs = 0; signs < 256; signs++) {
      double first = 0;
      double second = 0;
      for (int i = 0; i < 8; i++) {
        int sign = (signs >> i & 1) == 0 ? 1 : -1;
        if (i < FIRST.length) {
          first += sign * FIRST[i];
        } else {
          second += sign * SECOND[i - FIRST.length];
        }
      }
      extreme += Math.abs(first / 3 + second / 5) / 2 >= both().mean() - 1e-12 ? 1 : 0;
    }
    assertThat(both().fisher()).isEqualTo(extreme / 256.0);
  }

  /** Differences of ±1 make the randomisation test the sign test: P(28 or more of 40 heads), twice. */
  @Test
  void sampledSignsComeNearTheSignTest() {
    var values = IntStream.range(0, 40).mapToDouble(i -> i < 28 ? 1 : -1).toArray();
    double p = 0.01658900337497471;
    double error = Math.sqrt(p * (1 - p) / SAMPLES.count());
    assertThat(of(values).fisher()).isCloseTo(p, within(3 * error));
  }

  @Test
  void noSampledPValueIsZero() {
    var values = IntStream.range(0, 100).mapToDouble(i -> 1 + i * 1e-3).toArray();
    assertThat(of(values).fisher()).isEqualTo(1 / 10_001.0);
  }

  /** Of {0, 0, 3}, drawn anew, the mean is 0, 1, 2 or 3 with the probabilities 8, 12, 6 and 1 of 27. */
  @Test
  void theIntervalHoldsTheQuantilesOfAllDraws() {
    assertThat(of(0, 0, 3).bootstrap(0.2)).isEqualTo(new Interval(0, 2));
    assertThat(of(0, 0, 3).bootstrap(0.05)).isEqualTo(new Interval(0, 3));
    assertThat(of(0, 0, 3).bootstrap(0.8)).isEqualTo(new Interval(1, 1));
  }

  /** Two independent draws of {0, 2} average to 0 or 2 with probability 1/16 each, to 0.5 or 1.5 with 4/16, to 1 with 6/16. */
  @Test
  void setsAreDrawnIndependently() {
    var sets = PairedDifferences.ofSets(List.of(
        PairedDifferences.of("first", new double[] {0, 2}, SAMPLES),
        PairedDifferences.of("second", new double[] {0, 2}, SAMPLES)));
    assertThat(sets.bootstrap(0.10)).isEqualTo(new Interval(0, 2));
    assertThat(sets.bootstrap(0.15)).isEqualTo(new Interval(0.5, 1.5));
    assertThat(sets.bootstrap(0.70)).isEqualTo(new Interval(1, 1));
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    var values = IntStream.range(0, 50).mapToDouble(i -> Math.sin(i) + 0.2).toArray();
    assertThat(of(values).bootstrap(0.05)).isEqualTo(of(values).bootstrap(0.05));
    assertThat(of(values).fisher()).isEqualTo(of(values).fisher());
    assertThat(PairedDifferences.of("set", values, new Samples(10_000, 43)).bootstrap(0.05))
        .isNotEqualTo(of(values).bootstrap(0.05));
  }

  @Test
  void thePartsOfASetCountAsOne() {
    var samples = new PairedDifferences.Samples(200, 1);
    var whole = PairedDifferences.of("a", new double[] {0.2, 0.4}, samples);
    var one = PairedDifferences.of("b/x", new double[] {0.1, -0.3}, samples);
    var two = PairedDifferences.of("b/y", new double[] {0.5, 0.7}, samples);
    var all = PairedDifferences.ofSets(List.of(whole, one, two));
    assertThat(all.mean()).isCloseTo((0.3 + (-0.1 + 0.6) / 2) / 2, within(1e-15));
    // Of the 64 combinations of signs, counted by hand of the weighted differences 2, 4; 0.5, -1.5,
    // 2.5, 3.5 (times 40).
    double[] weighted = {2, 4, 0.5, -1.5, 2.5, 3.5};
    int extreme = 0;
    for (int signs = 0; signs < 64; signs++) {
      double sum = 0;
      for (int i = 0; i < 6; i++) {
        sum += (signs >> i & 1) == 0 ? weighted[i] : -weighted[i];
      }
      extreme += Math.abs(sum) >= 11 - 1e-9 ? 1 : 0;
    }
    assertThat(all.fisher()).isCloseTo(extreme / 64.0, within(1e-15));
    // Var of each mean: 0.01, 0.04, 0.01; weights 1/2, 1/4, 1/4.
    double error = Math.sqrt(0.01 / 4 + 0.04 / 16 + 0.01 / 16);
    double v = error * error;
    double freedom =
        v * v / (Math.pow(0.01 / 4, 2) + Math.pow(0.04 / 16, 2) + Math.pow(0.01 / 16, 2));
    assertThat(all.student())
        .isCloseTo(
            2
                * org.apache.commons.statistics.distribution.TDistribution.of(freedom)
                    .survivalProbability(all.mean() / error),
            within(1e-12));
  }
}
