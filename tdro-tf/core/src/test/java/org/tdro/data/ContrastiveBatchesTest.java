package org.tdro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.mixture.MixtureBatches;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.data.mixture.MixtureSampler.Batching;
import org.tdro.data.mixture.MixtureSchedule;
import org.tdro.data.shards.TrainingData;
import org.tdro.io.InputException;
import org.tdro.rows.Fold;

class ContrastiveBatchesTest {
  @TempDir
  Path folder;

  private TrainingData rows(int positives, int negatives) {
    for (var domain : new String[] {"a", "b"}) {
      var rows = IntStream.range(0, 20)
          .mapToObj(i -> ImportedRows.row("q" + i, domain + i + "_", positives, negatives));
      ImportedRows.write(folder.resolve("rows/" + domain + ".jsonl"), rows.toArray(String[]::new));
    }
    return ImportedRows.imported(folder, folder.resolve("rows"));
  }

  private static ContrastiveBatches batches(TrainingData data, int passagesPerQuery) {
    var sampler = new MixtureSampler(
        data.sizes(Fold.ALL),
        MixtureSchedule.constant(List.of(0.5, 0.5)),
        new MixtureBatches(Batching.MIXED, 8),
        1);
    return new ContrastiveBatches(
        data, Fold.ALL, sampler, new BatchOptions(passagesPerQuery, 1, 0, 8, 64, 64, true));
  }

  /** The text of a row: ids are bytes + 2, the end token left out. */
  private static String text(TokenMatrix matrix, int row) {
    var text = new StringBuilder();
    for (int i = 0; i < matrix.lengths()[row] - 1; i++) {
      text.append((char) (matrix.ids()[row * matrix.length() + i] - 2));
    }
    return text.toString();
  }

  @Test
  void thePositiveComesFirstThenDistinctNegativesOfTheSameRow() {
    try (var data = rows(3, 6)) {
      var batches = batches(data, 4);
      for (int b = 0; b < 20; b++) {
        var batch = batches.batch(b);
        for (int q = 0; q < batch.size(); q++) {
          var query = text(batch.queries(), q);
          assertThat(query).startsWith(batch.domainIds()[q] == 0 ? "a" : "b");
          assertThat(text(batch.passages(), 4 * q)).matches(query + "p[0-2]");
          var negatives = Set.of(
              text(batch.passages(), 4 * q + 1),
              text(batch.passages(), 4 * q + 2),
              text(batch.passages(), 4 * q + 3));
          assertThat(negatives).allMatch(text -> text.matches(query + "n[0-5]"));
        }
      }
      assertThat(batches.negativesReused()).isZero();
    }
  }

  @Test
  void epochsShowOtherPassages() {
    try (var data = rows(3, 6)) {
      var batches = batches(data, 2);
      var seen = new HashMap<String, Set<String>>();
      for (int b = 0; b < 200; b++) {
        var batch = batches.batch(b);
        for (int q = 0; q < batch.size(); q++) {
          var ofQuery = seen.computeIfAbsent(text(batch.queries(), q), query -> new HashSet<>());
          ofQuery.add(text(batch.passages(), 2 * q));
          ofQuery.add(text(batch.passages(), 2 * q + 1));
        }
      }
      // 40 epochs: the chance to miss one of 6 negatives in one of 40 rows is 40 * 6 * (5/6)^40 =
      // 0.16; of 3 positives 1e-5.
      assertThat(seen).hasSize(40);
      assertThat(seen.values().stream().mapToInt(Set::size).sum())
          .isGreaterThanOrEqualTo(40 * 9 - 2);
    }
  }

  @Test
  void aBatchIsAFunctionOfItsIndex() {
    try (var data = rows(2, 3)) {
      var expected = batches(data, 3).batch(100);
      var batches = batches(data, 3);
      batches.batch(170);
      var batch = batches.batch(100);
      assertThat(batch.queries().ids()).isEqualTo(expected.queries().ids());
      assertThat(batch.passages().ids()).isEqualTo(expected.passages().ids());
      assertThat(batch.domainIds()).isEqualTo(expected.domainIds());
    }
  }

  @Test
  void tooFewNegativesAreRepeatedAndCounted() {
    try (var data = rows(1, 2)) {
      var batches = batches(data, 6);
      var batch = batches.batch(0);
      for (int q = 0; q < 8; q++) {
        var query = text(batch.queries(), q);
        for (int k = 1; k < 6; k++) {
          assertThat(text(batch.passages(), 6 * q + k)).matches(query + "n[01]");
        }
      }
      assertThat(batches.negativesReused()).isEqualTo(8);
    }
  }

  @Test
  void aRowWithoutNegativesIsNamed() {
    try (var data = rows(1, 0)) {
      assertThat(batches(data, 1).batch(0).passages().rows()).isEqualTo(8);
      assertThatThrownBy(() -> batches(data, 2).batch(0))
          .isInstanceOf(InputException.class)
          .hasMessageMatching(
              "domain [ab], query q\\d+: has no negative passage, but 2 passages per query need one.*");
    }
  }

  @Test
  void foldsShareNoQuery() {
    try (var data = rows(1, 1)) {
      var ids = new HashSet<String>();
      for (var fold : new Fold[] {Fold.FIRST, Fold.SECOND}) {
        var sampler = new MixtureSampler(
            data.sizes(fold),
            MixtureSchedule.constant(List.of(1.0, 0.0)),
            new MixtureBatches(Batching.MIXED, 8),
            1);
        var batches = new ContrastiveBatches(
            data, fold, sampler, new BatchOptions(1, 1, 0, 8, 64, 64, false));
        var ofFold = new HashSet<String>();
        for (int b = 0; b < 20; b++) {
          var batch = batches.batch(b);
          for (int q = 0; q < 8; q++) {
            ofFold.add(text(batch.queries(), q));
          }
        }
        assertThat(ofFold).hasSize((int) data.domains().get(0).size(fold));
        assertThat(ids).doesNotContainAnyElementsOf(ofFold);
        ids.addAll(ofFold);
      }
      assertThat(ids).hasSize(20);
    }
  }
}
