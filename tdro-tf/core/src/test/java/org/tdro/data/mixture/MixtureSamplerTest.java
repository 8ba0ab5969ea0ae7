package org.tdro.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.io.InputException;

class MixtureSamplerTest {
  private static final long[] SIZES = {10, 1000, 57, 0};
  private static final double[] PROBABILITIES = {0.5, 0.3, 0.2, 0};

  private static MixtureSampler sampler(Batching batching) {
    return new MixtureSampler(SIZES, PROBABILITIES, batching, 16, 1);
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void aBatchDoesNotDependOnTheOrderOfCalls(Batching batching) {
    var sequential = sampler(batching);
    var batches =
        LongStream.range(0, 300).mapToObj(i -> List.of(sequential.rows(i))).toList();
    var seeking = sampler(batching);
    for (var index : new long[] {299, 0, 150, 149, 63, 64, 65, 298}) {
      assertThat(List.of(seeking.rows(index))).isEqualTo(batches.get((int) index));
    }
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void everyRowIsSeenOnceInAnEpoch(Batching batching) {
    var sampler = sampler(batching);
    var epochs = new HashMap<Map.Entry<Integer, Long>, List<Long>>();
    for (int batch = 0; batch < 400; batch++) {
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
  void domainsAreDrawnByTheirProbability(Batching batching) {
    var sampler = sampler(batching);
    var counts = new long[4];
    for (int batch = 0; batch < 4000; batch++) {
      for (var ref : sampler.rows(batch)) {
        counts[ref.domain()]++;
      }
    }
    // Homogeneous: 4,000 draws, standard deviation of a share 0.008.
    for (int d = 0; d < 4; d++) {
      assertThat(counts[d] / 64_000.0).isBetween(PROBABILITIES[d] - 0.03, PROBABILITIES[d] + 0.03);
    }
    assertThat(counts[3]).isZero();
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

  @Test
  void probabilitiesNeedNotSumToOne() {
    var doubled = Arrays.stream(PROBABILITIES).map(p -> 2 * p).toArray();
    assertThat(new MixtureSampler(SIZES, doubled, Batching.MIXED, 16, 1).rows(5))
        .isEqualTo(sampler(Batching.MIXED).rows(5));
  }

  @Test
  void anotherSeedGivesOtherRows() {
    assertThat(new MixtureSampler(SIZES, PROBABILITIES, Batching.MIXED, 16, 2).rows(0))
        .isNotEqualTo(sampler(Batching.MIXED).rows(0));
  }

  @Test
  void anEmptyDomainMustNotBeDrawn() {
    assertThatThrownBy(() ->
            new MixtureSampler(new long[] {5, 0}, new double[] {0.5, 0.5}, Batching.MIXED, 4, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("domain 1 has probability 0.5 but no rows");
  }
}
