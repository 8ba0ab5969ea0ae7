package org.tdro.rows.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.CounterRandom;

class SimHashIndexTest {
  /** Signatures near to a few centres, so that many distances around k occur, and some that are equal. */
  private static long[] signatures(long seed, int count) {
    return LongStream.range(0, count)
        .map(i -> {
          long signature = CounterRandom.bits(seed, i % 5);
          int flips = CounterRandom.below(9, CounterRandom.bits(seed, 5, i));
          for (int f = 0; f < flips; f++) {
            signature ^= 1L << CounterRandom.below(Long.SIZE, CounterRandom.bits(seed, 6, i, f));
          }
          return signature;
        })
        .toArray();
  }

  @Property(tries = 60)
  void findsAllWithinTheDistanceOnceAndNoOther(
      @ForAll long seed,
      @ForAll @IntRange(max = 6) int distance,
      @ForAll @IntRange(max = 600) int count) {
    var signatures = signatures(seed, count);
    var index = new SimHashIndex(signatures, distance);
    var asked = LongStream.concat(
        LongStream.of(signatures(seed, 20)), LongStream.of(0, -1, CounterRandom.bits(seed, 7)));
    asked.forEach(signature -> {
      var found = new ArrayList<Integer>();
      index.forEachNear(signature, found::add);
      assertThat(found)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count)
              .filter(i -> Long.bitCount(signatures[i] ^ signature) <= distance)
              .boxed()
              .toList());
    });
  }

  /** The flipped bits at all places, so at the edges of all blocks. */
  @Property(tries = 30)
  void findsWhatDiffersInNeighbouringBits(
      @ForAll long signature, @ForAll @IntRange(max = 6) int distance) {
    var others = IntStream.range(0, Long.SIZE)
        .mapToLong(place -> signature ^ Long.rotateLeft((1L << distance) - 1, place))
        .toArray();
    var found = new ArrayList<Integer>();
    new SimHashIndex(others, distance).forEachNear(signature, found::add);
    assertThat(found).hasSize(Long.SIZE).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 7})
  void otherDistancesAreRefused(int distance) {
    assertThatThrownBy(() -> new SimHashIndex(new long[0], distance))
        .hasMessageContaining("distance must be from 0 to 6");
  }
}
