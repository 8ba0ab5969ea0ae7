package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterRandomTest {
  @Test
  void mixesAsThePublishedSplitMix64() {
    // First output of SplitMix64 for seed 0 (Vigna's splitmix64.c): the state after one step is the
    // golden ratio.
    assertThat(CounterRandom.mix(0x9e3779b97f4a7c15L)).isEqualTo(0xe220a8397b1dcdafL);
  }

  @Test
  void boundedNumbersAreEven() {
    var counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[CounterRandom.below(7, CounterRandom.bits(3, i))]++;
    }
    // 10,000 expected, standard deviation 93.
    for (var count : counts) {
      assertThat(count).isBetween(9_600, 10_400);
    }
  }

  @Test
  void theOrderOfCountersMatters() {
    assertThat(CounterRandom.bits(1, 2, 3)).isNotEqualTo(CounterRandom.bits(1, 3, 2));
  }
}
