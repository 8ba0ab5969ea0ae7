package org.tdro.evaluation.sets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.Qrels;
import org.tdro.rows.Passage;
import org.tdro.rows.TrainingRow;
import org.tdro.search.Query;

class BeirWriterTest {
  @TempDir
  private Path folder;

  private static TrainingRow row(String id, String query, Passage positive, Passage negative) {
    return new TrainingRow(id, query, List.of(positive), List.of(negative), Optional.empty());
  }

  private static Passage passage(String id, String text) {
    return new Passage(id, "", text);
  }

  @Test
  void whatIsWrittenIsASet() throws IOException {
    try (var set = BeirWriter.open(folder, "news", Path.of("news.jsonl.gz"))) {
      set.add(row("1", "kept", passage("d1", "One."), passage("d2", "two")), false);
      set.add(row("2", "Held out?", passage("d3", "TWO"), passage("d1", "three")), true);
      set.add(row("3", "held out", passage("", "four"), passage("d\t5", "five")), true);
      set.add(row("2", "another", passage("d9", "one"), passage("d2", "two")), true);
      assertThat(set.complete()).isZero();
    }
    var read = Layout.loadAll(List.of(folder.resolve("news")), Splits.TEST).get(0);
    // Equal texts are one, with the first id; ids are used once.
    assertThat(read.queries().stream().map(Query::text)).containsExactly("Held out?", "another");
    assertThat(read.queries().get(0).id()).isEqualTo("2");
    assertThat(read.queries().get(1).id()).startsWith("2-");
    try (var documents = read.corpus().documents()) {
      var texts = documents.toList();
      assertThat(texts.stream().map(Passage::text))
          .containsExactly("One.", "two", "three", "four", "five");
      assertThat(texts.stream().map(Passage::id)).doesNotHaveDuplicates();
      assertThat(texts.get(4).id()).isEqualTo("d_5");
      assertThat(((Qrels) read.judgements()).of("2"))
          .isEqualTo(Map.of("d2", 1, texts.get(3).id(), 1));
    }
  }

  /** Evaluation leaves out the document with the id of the query, so that must be the query itself, or nothing. */
  @Test
  void idsOfQueriesAreNotThoseOfOtherTexts() throws IOException {
    try (var set = BeirWriter.open(folder, "news", Path.of("news.jsonl"))) {
      set.add(row("1", "a", passage("2", "b"), passage("q-3", "c")), true);
      set.add(row("2", "d", passage("1", "e"), passage("3", "f")), true);
      set.add(row("3", "g", passage("4", "H"), passage("5", "i")), true);
      set.add(row("4", "h", passage("2", "b"), passage("5", "i")), true);
      set.add(row("q-1", "j", passage("4", "h"), passage("5", "i")), true);
      assertThat(set.complete()).isEqualTo(3);
    }
    var read = Layout.loadAll(List.of(folder.resolve("news")), Splits.TEST).get(0);
    assertThat(read.queries())
        .containsExactly(
            new Query("q-q-1", "a"),
            new Query("q-2", "d"),
            new Query("q-q-3", "g"),
            new Query("4", "h"),
            new Query("q-1", "j"));
    var judged = (Qrels) read.judgements();
    assertThat(judged.of("q-q-1")).isEqualTo(Map.of("2", 1));
    assertThat(judged.of("q-q-3")).isEqualTo(Map.of("4", 1));
    assertThat(judged.of("q-1")).isEqualTo(Map.of("4", 1));
  }
}
