package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldTest {
  @Test
  void idsSplitInHalves() {
    var first = IntStream.range(0, 10_000)
        .filter(i -> Fold.of("trivia-q" + i) == Fold.FIRST)
        .count();
    // Standard deviation 50.
    assertThat(first).isBetween(4_800L, 5_200L);
  }

  @Test
  void neverChanges() {
    // Computed by another program from the definition. Files of another split would not be noticed
    // otherwise.
    assertThat(IntStream.range(0, 16)
            .mapToObj(i -> Fold.of("q" + i) == Fold.FIRST ? "0" : "1")
            .reduce("", String::concat))
        .isEqualTo("0010100000101000");
  }
}
