package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;
import org.tdro.search.Query;
import org.tdro.testing.Shared;

class BeirDatasetTest {
  @TempDir
  private Path folder;

  private Path set;

  @BeforeEach
  void writeASmallSet() throws IOException {
    set = Files.createDirectories(folder.resolve("tiny/qrels")).getParent();
    corpus(
        "{\"_id\": \"d1\", \"title\": \"T\", \"text\": \"one\"}",
        "{\"_id\": \"d2\", \"title\": \"\", \"text\": \"two\"}",
        "{\"_id\": \"d3\", \"text\": \"three\"}");
    Files.writeString(
        set.resolve("queries.jsonl"),
        "{\"_id\": \"q1\", \"text\": \"a\"}\n{\"_id\": \"q2\", \"text\": \"b\"}\n");
    Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq2\td1\t1\n");
  }

  private void corpus(String... lines) throws IOException {
    Files.writeString(set.resolve("corpus.jsonl"), String.join("\n", lines));
  }

  @Test
  void contentIsTitleAndTextWhereThereIsATitle() {
    try (var corpus = new BeirDataset(set, "test").load().corpus().documents()) {
      assertThat(corpus.map(Passage::content)).containsExactly("T one", "two", "three");
    }
  }

  @Test
  void givesTheQueriesWithJudgements() {
    assertThat(new BeirDataset(set, "test").load().queries()).containsExactly(new Query("q2", "b"));
  }

  private EvaluationSet cached() {
    return BeirDataset.loadAll(List.of(set), "test", folder.resolve("cache")).get(0);
  }

  @Test
  void aKnownCorpusIsTheSame() throws IOException {
    var read = new BeirDataset(set, "test").load();
    for (int i = 0; i < 2; i++) {
      assertThat(cached().content()).isEqualTo(read.content());
      assertThat(cached().texts()).isEqualTo(4);
    }
    corpus("{\"_id\": \"d1\", \"text\": \"other\"}");
    assertThat(cached().content().documents()).isNotEqualTo(read.content().documents());
    assertThat(cached().texts()).isEqualTo(2);
  }

  @Test
  void problemsOfACorpusAreReportedEveryTime() throws IOException {
    corpus("{");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(this::cached).isInstanceOf(InputException.class);
    }
  }

  @Test
  void damagedFactsAreReadAnew() throws IOException {
    cached();
    try (var files = Files.list(folder.resolve("cache"))) {
      Files.writeString(files.findFirst().orElseThrow(), "{");
    }
    assertThat(cached().texts()).isEqualTo(4);
  }

  @Test
  void loadingNamesAllProblems() throws IOException {
    corpus(
        "{\"_id\": \"d1\", \"text\": \"one\"}",
        "{\"_id\": \"d1\", \"text\": \"two\"}",
        "{\"_id\": 3}",
        "{",
        "{\"_id\": \"d4\"}");
    Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q1\", \"text\": \"a\"}\n");
    assertThatThrownBy(() -> new BeirDataset(set, "test").load())
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .hasSize(5)
                .contains(
                    set.resolve("queries.jsonl") + ": query 'q2' is judged in test but not here",
                    set.resolve("corpus.jsonl") + ":2: _id 'd1' was there before",
                    set.resolve("corpus.jsonl") + ":3: needs a string '_id', was 3",
                    set.resolve("corpus.jsonl") + ":5: needs a string 'text'")
                .anySatisfy(problem -> assertThat(problem)
                    .startsWith(set.resolve("corpus.jsonl") + ":4: malformed JSON at column ")));
  }

  @Test
  void theStreamStopsAtAProblem() throws IOException {
    corpus("{\"_id\": \"d1\", \"text\": \"one\"}", "{\"_id\": \"d1\", \"text\": \"two\"}");
    try (var corpus = new BeirDataset(set, "test").documents()) {
      assertThatThrownBy(corpus::toList)
          .hasMessageEndingWith("corpus.jsonl:2: _id 'd1' was there before");
    }
  }

  @Test
  @Timeout(20)
  void truncatedGzipIsNamed() throws IOException {
    var whole = Shared.path("data/eval/adi/corpus.jsonl.gz");
    Files.delete(set.resolve("corpus.jsonl"));
    var bytes = Files.readAllBytes(whole);
    Files.write(set.resolve("corpus.jsonl.gz"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> new BeirDataset(set, "test").load())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("corpus.jsonl.gz:")
        .hasMessageContaining("the gzip file ends too early");
  }

  @Test
  void missingFilesAreNamedTogether() {
    assertThatThrownBy(() -> new BeirDataset(folder.resolve("none"), "dev").load())
        .hasMessageContaining("corpus.jsonl: no such file")
        .hasMessageContaining("queries.jsonl: no such file")
        .hasMessageContaining("dev.tsv: no such file");
  }

  @Test
  void theSplitChoosesTheJudgements() throws IOException {
    Files.writeString(set.resolve("qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\n");
    Files.writeString(set.resolve("qrels/train.tsv.gz"), "");
    assertThat(BeirDataset.loadAll(List.of(folder), "dev").get(0).queries())
        .containsExactly(new Query("q1", "a"));
    assertThatThrownBy(() -> new BeirDataset(set, "validation").load())
        .hasMessage(
            set
                + "/qrels/validation.tsv: no such file, nor qrels/validation.tsv.gz; there are judgements of the splits dev, test, train: choose one by eval.split in a configuration, or by --split");
  }

  @Test
  void listsASetOrTheSetsInAFolder() {
    assertThat(BeirDataset.list(set, "test")).extracting(BeirDataset::name).containsExactly("tiny");
    assertThat(BeirDataset.list(folder, "test"))
        .extracting(BeirDataset::name)
        .containsExactly("tiny");
    assertThatThrownBy(() -> BeirDataset.list(set.resolve("qrels"), "test"))
        .hasMessageContaining("neither it nor a folder in it has a corpus.jsonl[.gz]");
  }

  @Test
  void readsARealSet() {
    var cisi = BeirDataset.list(Shared.path("data/eval"), "test").stream()
        .filter(dataset -> dataset.name().equals("cisi"))
        .findFirst()
        .orElseThrow()
        .load();
    // Sizes as in the files: 1460 documents, 2492 judgements.
    try (var corpus = cisi.corpus().documents()) {
      assertThat(corpus.count()).isEqualTo(1460);
    }
    var qrels = cisi.qrels();
    assertThat(
            qrels.queries().stream().mapToInt(query -> qrels.of(query).size()).sum())
        .isEqualTo(2492);
    assertThat(cisi.queries()).hasSameSizeAs(qrels.queries());
  }
}
