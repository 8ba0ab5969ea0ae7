package org.tdro.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.tdro.data.mixture.MixtureSampler.Batching;

class SpreadOrderTest {
  private static final long SEED = 3;

  /** Returns an order of one domain whose rows have these groups. */
  private static SpreadOrder order(int[] groups, int apart) {
    return new SpreadOrder(
        new long[] {groups.length}, new int[] {apart}, (domain, most) -> groups, SEED);
  }

  private static int[] epoch(SpreadOrder order, int size, long epoch) {
    return IntStream.range(0, size)
        .map(place -> (int) order.row(0, epoch, place))
        .toArray();
  }

  private static int[] groups(List<Integer> sizes) {
    return IntStream.range(0, sizes.size())
        .flatMap(group -> IntStream.generate(() -> group).limit(sizes.get(group)))
        .toArray();
  }

  @Property(tries = 300)
  void rowsOfAGroupAreABatchApartWherePossible(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 12) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 20) int apart) {
    var groups = groups(sizes);
    var order = order(groups, apart);
    for (long epoch = 0; epoch < 3; epoch++) {
      var rows = epoch(order, groups.length, epoch);
      assertThat(Arrays.stream(rows).sorted())
          .containsExactly(IntStream.range(0, groups.length).boxed().toArray(Integer[]::new));
      var last = new HashMap<Integer, Integer>();
      for (int place = 0; place < rows.length; place++) {
        int group = groups[rows[place]];
        var before = last.put(group, place);
        if (before != null && sizes.get(group) <= groups.length / (apart + 1)) {
          assertThat(place - before).isGreaterThanOrEqualTo(apart);
        }
      }
    }
  }

  /** 40 of 100 rows are a group, for which the 9 stretches of 11 or 12 rows are too few. */
  @Test
  void aGroupThatIsTooLargeIsDistributedEvenly() {
    var groups = IntStream.range(0, 100).map(row -> row < 40 ? 0 : row).toArray();
    var rows = epoch(order(groups, 10), 100, 0);
    for (int from = 0; from + 23 <= 100; from++) {
      assertThat(Arrays.stream(rows, from, from + 23).filter(row -> row < 40).count())
          .isBetween(4L, 15L);
    }
  }

  @Test
  void epochsAreFunctionsOfTheirNumber() {
    var groups = IntStream.range(0, 500).map(row -> row / 3).toArray();
    var order = order(groups, 16);
    var first = epoch(order, 500, 0);
    var later = epoch(order, 500, 7);
    assertThat(later).isNotEqualTo(first);
    assertThat(epoch(order, 500, 1)).isNotEqualTo(first);
    assertThat(epoch(order, 500, 0)).isEqualTo(first);
    assertThat(epoch(order(groups, 16), 500, 7)).isEqualTo(later);
  }

  /** Where row 0 of 16 goes, over 8,000 epochs: 500 expected each, standard deviation 22. */
  @Test
  void placesAreEvenlyFilledOverEpochs() {
    var groups = IntStream.range(0, 16).map(row -> row / 2).toArray();
    var order = order(groups, 3);
    var counts = new int[16];
    for (int epoch = 0; epoch < 8000; epoch++) {
      for (int place = 0; place < 16; place++) {
        if (order.row(0, epoch, place) == 0) {
          counts[place]++;
        }
      }
    }
    for (int count : counts) {
      assertThat(count).isBetween(390, 610);
    }
  }

  @Test
  void aMixedBatchTakesAtMostTwiceTheShareOfADomain() {
    var batches = new MixtureBatches(Batching.MIXED, 16);
    var schedule = MixtureSchedule.constant(List.of(1.0, 14.0, 0.0, 1.0));
    assertThat(batches.rowsOfDomains(schedule)).containsExactly(2, 16, 1, 2);
    var sized = new MixtureBatches(Batching.HOMOGENEOUS, 16, Map.of(3, 4), MixtureBatches.BLOCK);
    assertThat(sized.rowsOfDomains(schedule)).containsExactly(16, 16, 16, 4);
  }
}
