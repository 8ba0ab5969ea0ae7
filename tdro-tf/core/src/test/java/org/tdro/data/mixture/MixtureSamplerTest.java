package org.tdro.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.data.mixture.MixtureSampler.Batching;
import org.tdro.data.mixture.MixtureSampler.RowRef;
import org.tdro.io.InputException;

class MixtureSamplerTest {
  private static final long[] SIZES = {10, 1000, 57, 0};
  private static final List<Double> WEIGHTS = List.of(0.5, 0.3, 0.2, 0.0);
  private static final int BATCH = 16;
  private static final int BLOCK = 10;

  private static MixtureSampler sampler(Batching batching, MixtureSchedule schedule, long seed) {
    return new MixtureSampler(SIZES, schedule, new MixtureBatches(batching, BATCH, BLOCK), seed);
  }

  private static MixtureSampler sampler(Batching batching) {
    return sampler(batching, MixtureSchedule.constant(WEIGHTS), 1);
  }

  /** Weights that change at the blocks 3 and 20. */
  private static MixtureSchedule staged() {
    return MixtureSchedule.constant(WEIGHTS)
        .then(3, List.of(0.1, 0.0, 0.9, 0.0))
        .then(20, List.of(1.0, 1.0, 1.0, 0.0));
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void aBatchDoesNotDependOnTheOrderOfCalls(Batching batching) {
    var sequential = sampler(batching, staged(), 1);
    var batches =
        LongStream.range(0, 300).mapToObj(i -> List.of(sequential.rows(i))).toList();
    var seeking = sampler(batching, staged(), 1);
    for (var index : new long[] {299, 0, 150, 149, 29, 30, 31, 199, 200, 298}) {
      assertThat(List.of(seeking.rows(index))).isEqualTo(batches.get((int) index));
    }
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void everyRowIsSeenOnceInAnEpoch(Batching batching) {
    var sampler = sampler(batching, staged(), 1);
    var epochs = new HashMap<Map.Entry<Integer, Long>, List<Long>>();
    for (int batch = 0; batch < 407; batch++) {
      for (var ref : sampler.rows(batch)) {
        epochs
            .computeIfAbsent(Map.entry(ref.domain(), ref.epoch()), key -> new ArrayList<>())
            .add(ref.row());
      }
    }
    epochs.forEach((key, rows) -> {
      assertThat(rows).doesNotHaveDuplicates().allMatch(row -> row < SIZES[key.getKey()]);
      var complete = epochs.containsKey(Map.entry(key.getKey(), key.getValue() + 1));
      if (complete) {
        assertThat(rows).hasSize((int) SIZES[key.getKey()]);
      }
    });
    assertThat(epochs).containsKey(Map.entry(0, 100L));
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void aBlockDrawsEveryDomainByItsWeight(Batching batching) {
    int rowsOfDraw = batching == Batching.MIXED ? 1 : BATCH;
    var sampler = sampler(batching, staged(), 1);
    for (int block = 0; block < 40; block++) {
      var counts = new long[SIZES.length];
      for (int batch = block * BLOCK; batch < (block + 1) * BLOCK; batch++) {
        for (var ref : sampler.rows(batch)) {
          counts[ref.domain()]++;
        }
      }
      var weights = staged().stages().get(block < 3 ? 0 : block < 20 ? 1 : 2).weights();
      double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
      for (int domain = 0; domain < counts.length; domain++) {
        double share = weights.get(domain) / sum * BATCH * BLOCK / rowsOfDraw;
        assertThat(counts[domain] / (double) rowsOfDraw)
            .isBetween(Math.floor(share - 1e-6), Math.ceil(share + 1e-6));
      }
    }
  }

  @Test
  void homogeneousBatchesHaveOneDomain() {
    var sampler = sampler(Batching.HOMOGENEOUS);
    for (int batch = 0; batch < 100; batch++) {
      assertThat(Arrays.stream(sampler.rows(batch))
              .mapToInt(RowRef::domain)
              .distinct()
              .count())
          .isEqualTo(1);
    }
  }

  /** Weights stay shares of rows: a domain with a quarter of the rows in a batch is drawn four times as often. */
  @Test
  void batchesOfADomainMayHaveASizeOfTheirOwn() {
    var sizes = Map.of(0, 4, 2, 64);
    var batches = new MixtureBatches(Batching.HOMOGENEOUS, BATCH, sizes, BLOCK);
    var sampler = new MixtureSampler(SIZES, staged(), batches, 1);
    var all = LongStream.range(0, 400).mapToObj(sampler::rows).toList();
    var epochs = new HashMap<Map.Entry<Integer, Long>, Set<Long>>();
    for (var rows : all) {
      assertThat(rows).hasSize(sizes.getOrDefault(rows[0].domain(), BATCH));
      for (var row : rows) {
        assertThat(row.domain()).isEqualTo(rows[0].domain());
        var seen =
            epochs.computeIfAbsent(Map.entry(row.domain(), row.epoch()), key -> new HashSet<>());
        assertThat(seen.add(row.row())).isTrue();
      }
    }
    for (int stage = 0; stage < 3; stage++) {
      int first = new int[] {0, 3, 20}[stage] * BLOCK;
      int end = new int[] {3, 20, 40}[stage] * BLOCK;
      var weights = staged().stages().get(stage).weights();
      double perRow = 0;
      for (int domain = 0; domain < SIZES.length; domain++) {
        perRow += weights.get(domain) / sizes.getOrDefault(domain, BATCH);
      }
      for (int domain = 0; domain < SIZES.length; domain++) {
        int of = domain;
        long drawn = all.subList(first, end).stream()
            .filter(rows -> rows[0].domain() == of)
            .count();
        double share = weights.get(domain) / sizes.getOrDefault(domain, BATCH) / perRow;
        assertThat((double) drawn).isCloseTo(share * (end - first), within(1.0));
      }
    }
    var seeking = new MixtureSampler(SIZES, staged(), batches, 1);
    for (int index : new int[] {399, 0, 150, 29, 30, 200}) {
      assertThat(seeking.rows(index)).isEqualTo(all.get(index));
    }
  }

  @Test
  void weightsNeedNotSumToOne() {
    var doubled =
        MixtureSchedule.constant(WEIGHTS.stream().map(weight -> 2 * weight).toList());
    assertThat(sampler(Batching.MIXED, doubled, 1).rows(5))
        .isEqualTo(sampler(Batching.MIXED).rows(5));
  }

  @Test
  void anotherSeedGivesOtherRows() {
    assertThat(sampler(Batching.MIXED, MixtureSchedule.constant(WEIGHTS), 2).rows(0))
        .isNotEqualTo(sampler(Batching.MIXED).rows(0));
  }

  @Test
  void blocksAreInAnotherOrderEachTime() {
    var sampler = sampler(Batching.HOMOGENEOUS);
    var orders = LongStream.range(0, 20)
        .mapToObj(block -> LongStream.range(block * BLOCK, (block + 1) * BLOCK)
            .map(batch -> sampler.rows(batch)[0].domain())
            .boxed()
            .toList())
        .distinct();
    assertThat(orders.count()).isGreaterThan(18);
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void anOpenScheduleGivesTheRowsOfTheSameScheduleKnownBeforehand(Batching batching) {
    var beforehand = sampler(
        batching,
        MixtureSchedule.constant(WEIGHTS)
            .then(1, List.of(0.2, 0.2, 0.6, 0.0))
            .then(2, List.of(0.0, 1.0, 0.0, 0.0)),
        1);
    var online = sampler(batching, MixtureSchedule.open(WEIGHTS), 1);
    for (int batch = 0; batch < 3 * BLOCK; batch++) {
      if (batch == BLOCK) {
        online.follow(online.schedule().append(List.of(0.2, 0.2, 0.6, 0.0)));
      } else if (batch == 2 * BLOCK) {
        online.follow(online.schedule().append(List.of(0.0, 1.0, 0.0, 0.0)));
      }
      assertThat(online.rows(batch)).isEqualTo(beforehand.rows(batch));
    }
  }

  @Test
  void aBlockThatIsNotDecidedIsRefused() {
    var online = sampler(Batching.MIXED, MixtureSchedule.open(WEIGHTS), 1);
    assertThat(online.decides(BLOCK - 1)).isTrue();
    assertThat(online.decides(BLOCK)).isFalse();
    assertThatThrownBy(() -> online.rows(BLOCK))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 1 is not decided yet, only 1 blocks are");
  }

  @Test
  void anEmptyDomainMustNotBeDrawn() {
    assertThatThrownBy(() -> sampler(
            Batching.MIXED,
            MixtureSchedule.constant(WEIGHTS).then(4, List.of(0.0, 0.5, 0.0, 0.5)),
            1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("domain 3 has weight 0.5 but no rows");
  }
}
