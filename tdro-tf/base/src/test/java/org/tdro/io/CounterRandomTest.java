package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
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
  void hashesAsThePublishedFnv1a() {
    // Test vectors of Fowler, Noll and Vo (draft-eastlake-fnv).
    assertThat(CounterRandom.fnv1a(new byte[0])).isEqualTo(0xcbf29ce484222325L);
    assertThat(CounterRandom.fnv1a("foobar".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(0x85944171f73967e8L);
  }

  @Test
  void aNameOfAsciiHashesAsItsBytes() {
    assertThat(CounterRandom.nameHash("foobar")).isEqualTo(0x85944171f73967e8L);
    // Of "ä" the one UTF-16 code unit 0xe4 is hashed, not the two bytes of UTF-8.
    assertThat(CounterRandom.nameHash("ä"))
        .isEqualTo(CounterRandom.fnv1a(new byte[] {(byte) 0xe4}))
        .isNotEqualTo(CounterRandom.fnv1a("ä".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theOrderOfCountersMatters() {
    assertThat(CounterRandom.bits(1, 2, 3)).isNotEqualTo(CounterRandom.bits(1, 3, 2));
  }
}
