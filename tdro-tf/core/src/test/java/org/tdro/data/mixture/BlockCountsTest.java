package org.tdro.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.CounterRandom;

class BlockCountsTest {
  private static List<Double> weights(SplittableRandom random, int domains) {
    return IntStream.range(0, domains)
        .mapToObj(domain -> random.nextInt(4) == 0 ? 0.0 : Math.pow(random.nextDouble(), 3))
        .toList();
  }

  private static double share(List<Double> weights, int domain) {
    return weights.get(domain)
        / weights.stream().mapToDouble(Double::doubleValue).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 1000})
  void everyBlockHasEachShareRoundedDownOrUp(int size) {
    var weights = weights(new SplittableRandom(size), 15);
    var counts = new BlockCounts(weights, size, CounterRandom.bits(7));
    for (long block = 0; block < 500; block++) {
      var draws = counts.in(block);
      assertThat(java.util.Arrays.stream(draws).sum()).isEqualTo(size);
      for (int domain = 0; domain < draws.length; domain++) {
        double share = share(weights, domain) * size;
        assertThat((double) draws[domain])
            .isBetween(Math.floor(share - 1e-6), Math.ceil(share + 1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 1000})
  void whatWasDrawnBeforeABlockIsTheSumOfTheBlocksBefore(int size) {
    var weights = weights(new SplittableRandom(size), 7);
    var counts = new BlockCounts(weights, size, CounterRandom.bits(size));
    var sum = new long[7];
    for (long block = 0; block < 3000; block++) {
      assertThat(counts.before(block)).isEqualTo(sum);
      var draws = counts.in(block);
      for (int domain = 0; domain < sum.length; domain++) {
        sum[domain] += draws[domain];
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {100, 1234, 100_000, 1_000_003, 2_000_000_000})
  void manyBlocksKeepToTheShares(long blocks) {
    var weights = weights(new SplittableRandom(3), 25);
    var counts = new BlockCounts(weights, 10, CounterRandom.bits(1));
    var before = counts.before(blocks);
    assertThat(java.util.Arrays.stream(before).sum()).isEqualTo(10 * blocks);
    for (int domain = 0; domain < before.length; domain++) {
      // The rest of a share has 31 bits: of 2·10⁹ blocks that is about one draw.
      assertThat((double) before[domain])
          .isCloseTo(share(weights, domain) * 10 * blocks, within(6.0));
    }
  }

  @Test
  void aRareDomainIsDrawnByItsShareEvenWhereThatIsFarBelowOneABlock() {
    var counts = new BlockCounts(List.of(0.999, 0.001), 8, CounterRandom.bits(5));
    long drawn = 0;
    for (long block = 0; block < 12_500; block++) {
      drawn += counts.in(block)[1];
    }
    assertThat(drawn).isBetween(98L, 102L);
  }
}
