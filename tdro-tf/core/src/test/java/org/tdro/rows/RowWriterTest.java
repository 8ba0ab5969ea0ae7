package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowWriterTest {
  private static final TrainingRow ROW = new TrainingRow(
      "q7",
      "who wrote \"Faust\"?",
      List.of(new Passage("d1", "Faust", "Johann\nWolfgang")),
      List.of(new Passage("", "", "浮士德 😀")),
      Optional.empty());

  @TempDir
  private Path folder;

  @Test
  void whatIsWrittenReadsBackEqual() throws Exception {
    for (var name : List.of("rows.jsonl", "rows.jsonl.gz")) {
      var file = folder.resolve(name);
      write(file, ROW);
      assertThat(only(file)).isEqualTo(ROW);
    }
  }

  @Test
  void scoresReadBackAsTheSameFloats() throws Exception {
    var file = folder.resolve("scored.jsonl");
    var scores = new PassageScores(new float[] {0.1f}, new float[] {-3.4028235e38f});
    write(
        file,
        new TrainingRow(
            ROW.queryId(), ROW.query(), ROW.positives(), ROW.negatives(), Optional.of(scores)));
    var read = only(file).scores().orElseThrow();
    assertThat(read.positives()).containsExactly(scores.positives());
    assertThat(read.negatives()).containsExactly(scores.negatives());
  }

  @Test
  void absentIdsAndTitlesAreNotWritten() throws Exception {
    var file = folder.resolve("rows.jsonl");
    write(file, ROW);
    assertThat(file)
        .content()
        .isEqualTo(
            "{\"query_id\":\"q7\",\"query\":\"who wrote \\\"Faust\\\"?\",\"positive_passages\":[{\"docid\":\"d1\","
                + "\"title\":\"Faust\",\"text\":\"Johann\\nWolfgang\"}],\"negative_passages\":[{\"text\":\"浮士德 😀\"}]}\n");
  }

  private static void write(Path file, TrainingRow row) throws Exception {
    try (var rows = RowWriter.open(file, file)) {
      rows.write(row);
    }
    assertThat(Files.size(file)).isPositive();
  }

  private static TrainingRow only(Path file) {
    try (var rows = RowSource.open(file)) {
      var chunk = rows.chunks(2).next();
      assertThat(chunk).hasSize(1);
      return chunk.get(0).parse();
    }
  }
}
