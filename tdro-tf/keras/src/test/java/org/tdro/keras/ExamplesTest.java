package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class ExamplesTest {
  private static final int[] TEN = IntStream.range(0, 10).toArray();

  /** The values of the input x of one batch. */
  private static List<Integer> ids(Dataset dataset, long index) {
    try (var batch = dataset.batch(index)) {
      var ids = new ArrayList<Integer>();
      ((TInt32) batch.tensors().get(Dataset.INPUT)).scalars().forEach(id -> ids.add(id.getInt()));
      return ids;
    }
  }

  private static List<Integer> epoch(Dataset dataset, long epoch) {
    long batches = dataset.batchesPerEpoch().getAsLong();
    var ids = new ArrayList<Integer>();
    for (long i = 0; i < batches; i++) {
      ids.addAll(ids(dataset, epoch * batches + i));
    }
    return ids;
  }

  @Test
  void batchesAreCutInOrderAndTheLastOfAnEpochIsSmaller() {
    var dataset = Dataset.of(TEN).batch(4);
    assertThat(dataset.batchesPerEpoch()).hasValue(3);
    assertThat(ids(dataset, 1)).containsExactly(4, 5, 6, 7);
    assertThat(ids(dataset, 2)).containsExactly(8, 9);
    assertThat(ids(dataset, 3)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void wholeBatchesLeaveOutTheRest() {
    var dataset = Dataset.of(TEN).wholeBatches(4);
    assertThat(epoch(dataset, 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void everyEpochIsAPermutationOfItsOwn() {
    var dataset = Dataset.of(TEN).shuffle(42).batch(3);
    assertThat(epoch(dataset, 0)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(epoch(dataset, 1)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(epoch(dataset, 0)).isNotEqualTo(epoch(dataset, 1)).isNotEqualTo(List.of(TEN));
  }

  @Test
  void aBatchFollowsFromSeedAndNumberAlone() {
    var read = Dataset.of(TEN).shuffle(42).batch(3);
    epoch(read, 0);
    assertThat(ids(read, 6)).isEqualTo(ids(Dataset.of(TEN).shuffle(42).batch(3), 6));
    assertThat(epoch(read, 0)).isNotEqualTo(epoch(Dataset.of(TEN).shuffle(43).batch(3), 0));
  }

  /** Each of 10 examples should come first in a tenth of 2,000 epochs, within five standard deviations (13.4). */
  @Test
  void everyExampleComesFirstEquallyOften() {
    var dataset = Dataset.of(TEN).shuffle(7).batch(1);
    var counts = new int[10];
    for (int epoch = 0; epoch < 2000; epoch++) {
      counts[ids(dataset, 10L * epoch).get(0)]++;
    }
    assertThat(counts).satisfies(all -> {
      for (int count : all) {
        assertThat(count).isBetween(200 - 67, 200 + 67);
      }
    });
  }

  @Test
  void takeAndSkipSplitTheExamples() {
    var examples = Dataset.of(TEN);
    assertThat(epoch(examples.skip(8).batch(5), 0)).containsExactly(8, 9);
    assertThat(epoch(examples.take(3).shuffle(1).batch(5), 0)).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(examples.skip(2).take(20).size()).isEqualTo(8);
  }

  @Test
  void rowsOfSeveralArraysStayTogether() {
    var dataset = Dataset.of(
            Map.of("image", new float[][] {{0, 1}, {2, 3}, {4, 5}}, "size", new float[] {1, 2, 3}),
            new int[] {0, 1, 2})
        .shuffle(3)
        .batch(3);
    try (var batch = dataset.batch(0)) {
      var images = (TFloat32) batch.tensors().get("image");
      var sizes = (TFloat32) batch.tensors().get("size");
      var labels = (TInt32) batch.tensors().get(Dataset.LABELS);
      assertThat(images.shape().asArray()).containsExactly(3, 2);
      for (int row = 0; row < 3; row++) {
        int label = labels.getInt(row);
        assertThat(images.getFloat(row, 1)).isEqualTo(2 * label + 1);
        assertThat(sizes.getFloat(row)).isEqualTo(label + 1);
      }
    }
  }

  @Test
  void prefetchingChangesNoBatch() {
    var plain = Dataset.of(TEN).shuffle(42).batch(3);
    try (var prefetched = Dataset.of(TEN).shuffle(42).batch(3).prefetch(2)) {
      assertThat(epoch(prefetched, 0)).isEqualTo(epoch(plain, 0));
      assertThat(ids(prefetched, 9)).isEqualTo(ids(plain, 9));
      assertThat(prefetched.batchesPerEpoch()).hasValue(4);
    }
  }

  @Test
  void whatNobodyAsksForIsDiscarded() {
    var made = new ArrayList<Long>();
    var discarded = new ArrayList<Long>();
    try (var prefetcher = new Prefetcher<>(
        index -> {
          made.add(index);
          return index;
        },
        3,
        1,
        discarded::add)) {
      assertThat(prefetcher.get(0)).isZero();
      assertThat(prefetcher.get(10)).isEqualTo(10);
    }
    made.removeAll(List.of(0L, 10L));
    assertThat(discarded).containsExactlyInAnyOrderElementsOf(made);
  }

  @Test
  void unequalArraysAreRefusedByName() {
    assertThatThrownBy(() -> Dataset.of(new float[3][2], new int[2]))
        .hasMessage("y has 2 examples, but x has 3");
    assertThatThrownBy(() -> Dataset.of(new float[][] {{1, 2}, {3}}))
        .hasMessage("x is not rectangular: it has parts of 2 and of 1 values");
    assertThatThrownBy(() -> Dataset.of(new double[3]))
        .hasMessage("x must be an array of float or int of any rank, was double[]");
    assertThatThrownBy(() -> Dataset.of(TEN).wholeBatches(11))
        .hasMessage("10 examples do not fill a batch of 11");
  }
}
