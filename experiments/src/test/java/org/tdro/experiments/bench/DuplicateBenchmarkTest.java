package org.tdro.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tdro.experiments.bench.DuplicateBenchmark.Change;
import org.tdro.rows.duplicates.Nearness;

class DuplicateBenchmarkTest {
  private static DuplicateBenchmark.Result run(Nearness nearness) {
    return new DuplicateBenchmark(5000, 2000, 20, 11, nearness, 2, 7).run();
  }

  @Test
  void plantedCopiesAreAllFoundAndNothingElse() {
    var result = run(new Nearness(0.9, OptionalInt.empty()));
    assertThat(result.planted())
        .isEqualTo(Arrays.stream(Change.values()).collect(Collectors.toMap(c -> c, c -> 20)));
    assertThat(result.found()).isEqualTo(result.planted());
    assertThat(result.others()).isZero();
  }

  @Test
  void simHashesMissOtherWordsButNotTheirOrder() {
    var result = run(new Nearness(0.9, OptionalInt.of(2)));
    assertThat(result.found())
        .containsEntry(Change.CASE, 20)
        .containsEntry(Change.PUNCTUATION, 20)
        .containsEntry(Change.TWO_WORDS_SWAPPED, 20)
        .extractingByKey(Change.WORD_REPLACED)
        .matches(found -> found < 20);
  }
}
