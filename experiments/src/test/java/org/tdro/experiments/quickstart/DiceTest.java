package org.tdro.experiments.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiceTest {
  @Test
  void rollsAreAFunctionOfTheName() {
    var one = new Dice("people/17");
    var same = new Dice("people/17");
    assertThat(IntStream.range(0, 50).map(i -> one.roll(1000)).toArray())
        .isEqualTo(IntStream.range(0, 50).map(i -> same.roll(1000)).toArray());
  }

  /** The published test vector of FNV-1a for "a" is the seed; SplitMix64 of it, worked out by an independent implementation. */
  @Test
  void hashIsSplitMixOfFnv() {
    assertThat(Dice.hash("a")).isEqualTo(0x5F29C2AADD9B8527L);
  }

  @Test
  void similarNamesRollEverySideAboutEquallyOften() {
    var counts = new int[6];
    IntStream.range(0, 6000).forEach(i -> counts[new Dice("row/" + i).roll(6)]++);
    // A fair count has mean 1000 and standard deviation 29.
    assertThat(Arrays.stream(counts).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(880, 1120));
  }

  @Test
  void shuffledKeepsAllItems() {
    assertThat(new Dice("x").shuffled(List.of(1, 2, 3, 4, 5)))
        .containsExactlyInAnyOrder(1, 2, 3, 4, 5);
  }
}
