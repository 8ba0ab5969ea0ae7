package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.BatchOptions;
import org.tdro.data.ContrastiveBatches;
import org.tdro.data.ImportedRows;
import org.tdro.data.TokenMatrix;
import org.tdro.data.mixture.MixtureBatches;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.data.mixture.MixtureSampler.Batching;
import org.tdro.data.mixture.MixtureSchedule;
import org.tdro.data.shards.ArrowColumns;
import org.tdro.data.shards.TrainingData;
import org.tdro.io.InputException;

/** A teacher's scores from the lines of a file into batches. */
class PassageScoresTest {
  @TempDir
  Path folder;

  private Path rows;

  @BeforeEach
  void nameTheRows() {
    rows = folder.resolve("rows");
  }

  private void write(String domain, String... lines) {
    ImportedRows.write(rows.resolve(domain + ".jsonl"), lines);
  }

  private TrainingData imported() {
    return ImportedRows.imported(folder, rows);
  }

  @Test
  void scoresComeBackWithTheirPassages() {
    write(
        "a",
        IntStream.range(0, 300)
            .mapToObj(i -> ImportedRows.scoredRow("q" + i, "x", 1 + i % 2, i % 4, i))
            .toArray(String[]::new));
    write("b", ImportedRows.row("q", "x", 2, 1));
    try (var data = imported()) {
      var scored = data.domains().get(0);
      assertThat(scored.hasScores()).isTrue();
      assertThat(scored.counts().scoredRows()).isEqualTo(300);
      for (int r = 0; r < 300; r++) {
        var scores = scored.row(Fold.ALL, r).scores().orElseThrow();
        var i = Float.parseFloat(scored.queryId(Fold.ALL, r).substring(1));
        var odd = (int) i % 2 == 1;
        assertThat(scores.positives())
            .isEqualTo(odd ? new float[] {10 * i, 11 * i} : new float[] {10 * i});
        assertThat(scores.negatives())
            .isEqualTo(java.util.Arrays.copyOf(new float[] {20 * i, 21 * i, 22 * i}, (int) i % 4));
      }
      assertThat(data.domains().get(1).hasScores()).isFalse();
      assertThat(data.domains().get(1).row(Fold.ALL, 0).scores()).isEmpty();
    }
  }

  @Test
  void rowsThatDifferFromTheFirstOfTheirDomainAreNamed() {
    write(
        "a",
        ImportedRows.scoredRow("1", "x", 1, 1, 1),
        ImportedRows.row("2", "x", 1, 1),
        ImportedRows.scoredRow("3", "x", 1, 1, 1));
    write("b", ImportedRows.row("1", "x", 1, 1), ImportedRows.scoredRow("2", "x", 1, 1, 1));
    assertThatThrownBy(this::imported)
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .containsExactly(
                    rows + "/a.jsonl:2: its passages have no scores, unlike those of " + rows
                        + "/a.jsonl:1; score all rows of a domain or none",
                    rows + "/b.jsonl:2: its passages have scores, unlike those of " + rows
                        + "/b.jsonl:1; score all rows of a domain or none"));
  }

  @Test
  void aRowScoresAllItsPassagesOrNoneAndWithNumbers() {
    var row = ImportedRows.row("1", "x", 1, 2);
    write("a", ImportedRows.scored(row, "xn1", 3));
    write("b", ImportedRows.scored(ImportedRows.row("1", "x", 1, 0), "xp0", "\"high\""));
    write("c", ImportedRows.scored(ImportedRows.row("1", "x", 1, 0), "xp0", "1e60"));
    assertThatThrownBy(this::imported)
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .containsExactly(
                    rows
                        + "/a.jsonl:1: 2 of 3 passages have no score; give all of them one or none",
                    rows
                        + "/b.jsonl:1: positive_passages[0] has a score that is not a number: \"high\"",
                    rows
                        + "/c.jsonl:1: positive_passages[0] has a score that is not a number: 1.0E60"));
  }

  @Test
  void nullIsNoScore() {
    write("a", ImportedRows.scored(ImportedRows.row("1", "x", 1, 0), "xp0", "null"));
    try (var data = imported()) {
      assertThat(data.domains().get(0).hasScores()).isFalse();
    }
  }

  @Test
  void batchesHoldTheScoresOfTheirPassagesInOrder() {
    write(
        "a",
        IntStream.range(0, 20)
            .mapToObj(i -> ImportedRows.scoredRow("q" + i, "x", 3, 6, 1))
            .toArray(String[]::new));
    write("b", ImportedRows.row("1", "x", 3, 6));
    try (var data = imported()) {
      var sampler = new MixtureSampler(
          data.sizes(Fold.ALL),
          MixtureSchedule.constant(List.of(0.5, 0.5)),
          new MixtureBatches(Batching.MIXED, 8),
          1);
      var options = new BatchOptions(4, 1, 0, 8, 64, 64, true);
      var batches = new ContrastiveBatches(data, Fold.ALL, sampler, options);
      for (int b = 0; b < 10; b++) {
        var batch = batches.batch(b);
        var teacher = batch.teacher().orElseThrow();
        for (int p = 0; p < batch.passages().rows(); p++) {
          var scored = batch.domainIds()[p / 4] == 0;
          assertThat(teacher.present()[p / 4]).isEqualTo(scored);
          assertThat(teacher.scores()[p]).isEqualTo(scored ? expected(batch.passages(), p) : 0);
        }
      }
    }
  }

  /** Passages are called xp0, xp1, … and xn0, xn1, …; ids are bytes + 2. */
  private static float expected(TokenMatrix passages, int row) {
    var at = row * passages.length();
    return (passages.ids()[at + 1] - 2 == 'p' ? 10 : 20) + passages.ids()[at + 2] - 2 - '0';
  }

  @Test
  void filesWithoutTheColumnsAreImportedAgain() throws IOException {
    write("a", ImportedRows.scoredRow("1", "x", 1, 1, 1));
    imported().close();
    for (var fold : List.of("0", "1")) {
      var schema = new Schema(ArrowColumns.FIELDS.subList(0, 4));
      try (var channel = FileChannel.open(
              folder.resolve("arrow/a." + fold + ".arrow"),
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
          var allocator = new RootAllocator();
          var root = VectorSchemaRoot.create(schema, allocator);
          var writer = new ArrowFileWriter(root, null, channel)) {
        writer.start();
        writer.end();
      }
    }
    try (var data = imported()) {
      assertThat(data.domains().get(0).hasScores()).isTrue();
    }
  }
}
