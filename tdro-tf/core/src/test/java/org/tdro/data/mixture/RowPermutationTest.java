package org.tdro.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.CounterRandom;

class RowPermutationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 15, 16, 17, 1000, 4096, 4097, 30_000})
  void everyRowComesOnce(long size) {
    var permutation = new RowPermutation(size, 42);
    assertThat(LongStream.range(0, size).map(permutation::apply).sorted().toArray())
        .isEqualTo(LongStream.range(0, size).toArray());
  }

  @Test
  void reachesAcrossMoreRowsThanAnInt() {
    long size = 5_000_000_000L;
    var permutation = new RowPermutation(size, 7);
    var images = LongStream.range(0, 1000).map(permutation::apply).toArray();
    assertThat(LongStream.of(images))
        .allMatch(image -> image >= 0 && image < size)
        .doesNotHaveDuplicates();
    assertThat(LongStream.of(images).max().orElseThrow()).isGreaterThan(size - size / 20);
  }

  @Test
  void placesAreEvenlyFilledOverKeys() {
    // Where row 0 of 8 goes, over 8,000 keys: 1,000 expected each, standard deviation 30.
    var counts = new int[8];
    for (int key = 0; key < 8000; key++) {
      counts[(int) new RowPermutation(8, CounterRandom.bits(key)).apply(0)]++;
    }
    for (var count : counts) {
      assertThat(count).isBetween(850, 1150);
    }
  }
}
