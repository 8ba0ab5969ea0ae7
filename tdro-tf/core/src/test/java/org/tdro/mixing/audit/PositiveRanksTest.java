package org.tdro.mixing.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.mixing.audit.PositiveRanks.Ranked;

class PositiveRanksTest {
  /** Rows of each rank once: what guesses would give. */
  private static PositiveRanks uniform(int candidates) {
    return new PositiveRanks(IntStream.rangeClosed(1, candidates)
        .mapToObj(rank -> new Ranked(0, 1, rank, candidates, 0))
        .toList());
  }

  private static PositiveRanks right(int rows, int candidates) {
    return new PositiveRanks(IntStream.range(0, rows)
        .mapToObj(row -> new Ranked(0, 0, 1, candidates, 0))
        .toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 7, 64})
  void guessesAreMispairedForAnyNumberOfCandidates(int candidates) {
    assertThat(uniform(candidates).mispaired().value()).isEqualTo(1, within(1e-12));
  }

  @Test
  void rightPairsAreNot() {
    assertThat(right(10, 64).mispaired().value()).isZero();
  }

  @Test
  void aThirdOfTheRowsIsFound() {
    assertThat(uniform(64).plus(right(128, 64)).mispaired().value())
        .isEqualTo(1 / 3.0, within(1e-12));
  }

  /** Of 64 rows, 16 are in the worst quarter; with two more of either kind, 18 of 68. */
  @Test
  void theStandardErrorIsThatOfABinomialShare() {
    double share = 18 / 68.0;
    assertThat(uniform(64).mispaired().standardError())
        .isEqualTo(Math.sqrt(share * (1 - share) / 68) / 0.25, within(1e-12));
  }

  @Test
  void aHandfulOfRowsIsNeverSure() {
    var worst = new PositiveRanks(List.of(new Ranked(0, 5, 5, 5, 0), new Ranked(0, 5, 5, 5, 0)))
        .mispaired();
    assertThat(worst.value()).isEqualTo(1);
    assertThat(worst.value() - worst.standardError()).isLessThan(0.3);
  }

  @Test
  void chanceIsTheMeanLogarithmOfTheCandidates() {
    assertThat(right(1, 2).plus(right(1, 8)).chance())
        .isEqualTo((Math.log(2) + Math.log(8)) / 2, within(1e-12));
  }
}
