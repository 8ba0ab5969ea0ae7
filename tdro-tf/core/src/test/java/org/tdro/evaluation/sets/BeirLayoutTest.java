package org.tdro.evaluation.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Qrels;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;
import org.tdro.search.Query;
import org.tdro.testing.Shared;

class BeirLayoutTest {
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

  private EvaluationSet load(String split) {
    return Layout.list(set, Splits.of(split)).get(0).load();
  }

  private void corpus(String... lines) throws IOException {
    Files.writeString(set.resolve("corpus.jsonl"), String.join("\n", lines));
  }

  @Test
  void contentIsTitleAndTextWhereThereIsATitle() {
    try (var corpus = load("test").corpus().documents()) {
      assertThat(corpus.map(Passage::content)).containsExactly("T one", "two", "three");
    }
  }

  @Test
  void givesTheQueriesWithJudgements() {
    assertThat(load("test").queries()).containsExactly(new Query("q2", "b"));
  }

  private EvaluationSet cached() {
    return Layout.loadAll(List.of(set), Splits.TEST, folder.resolve("cache")).get(0);
  }

  @Test
  void aKnownCorpusIsTheSame() throws IOException {
    var read = load("test");
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
    assertThatThrownBy(() -> load("test"))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .hasSize(5)
                .contains(
                    set.resolve("queries.jsonl") + ": query 'q2' is judged in test but not here",
                    set.resolve("corpus.jsonl") + ":2: the id 'd1' was there before",
                    set.resolve("corpus.jsonl") + ":3: needs a string '_id', was 3",
                    set.resolve("corpus.jsonl") + ":5: needs a string 'text'")
                .anySatisfy(problem -> assertThat(problem)
                    .startsWith(set.resolve("corpus.jsonl") + ":4: malformed JSON at column ")));
  }

  @Test
  void theStreamStopsAtAProblem() throws IOException {
    var loaded = load("test");
    corpus("{\"_id\": \"d1\", \"text\": \"one\"}", "{\"_id\": \"d1\"}");
    try (var corpus = loaded.corpus().documents()) {
      assertThatThrownBy(corpus::toList)
          .hasMessageEndingWith("corpus.jsonl:2: needs a string 'text'");
    }
  }

  @Test
  @Timeout(20)
  void truncatedGzipIsNamed() throws IOException {
    var whole = Shared.path("data/eval/adi/corpus.jsonl.gz");
    Files.delete(set.resolve("corpus.jsonl"));
    var bytes = Files.readAllBytes(whole);
    Files.write(set.resolve("corpus.jsonl.gz"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> load("test"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("corpus.jsonl.gz:")
        .hasMessageContaining("the gzip file ends too early");
  }

  @Test
  void missingFilesAreNamedTogether() throws IOException {
    Files.delete(set.resolve("queries.jsonl"));
    assertThatThrownBy(() -> load("dev"))
        .hasMessageContaining("queries.jsonl: no such file, nor queries.jsonl.gz")
        .hasMessageContaining("dev.tsv: no such file");
    Files.delete(set.resolve("corpus.jsonl"));
    Files.writeString(set.resolve("queries.jsonl"), "");
    assertThatThrownBy(() -> load("test"))
        .hasMessage(set.resolve("corpus.jsonl") + ": no such file, nor corpus.jsonl.gz");
    assertThatThrownBy(() -> Layout.list(folder.resolve("none"), Splits.TEST))
        .hasMessage(folder.resolve("none") + ": no such folder");
  }

  @Test
  void theSplitChoosesTheJudgements() throws IOException {
    Files.writeString(set.resolve("qrels/dev.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\n");
    Files.writeString(set.resolve("qrels/train.tsv.gz"), "");
    assertThat(Layout.loadAll(List.of(folder), Splits.of("dev")).get(0).queries())
        .containsExactly(new Query("q1", "a"));
    assertThatThrownBy(() -> load("validation"))
        .hasMessage(
            set
                + "/qrels/validation.tsv: no such file, nor validation.tsv.gz; there are judgements of the splits dev, test, train: choose one by eval.split in a configuration, or by --split");
  }

  @Test
  void listsASetOrTheSetsInAFolder() {
    assertThat(Layout.list(set, Splits.TEST)).extracting(StoredSet::name).containsExactly("tiny");
    assertThat(Layout.list(folder, Splits.TEST))
        .extracting(StoredSet::name)
        .containsExactly("tiny");
    assertThatThrownBy(() -> Layout.list(set.resolve("qrels"), Splits.TEST))
        .hasMessageContaining(
            "neither it nor a folder in it is an evaluation set: BEIR's or MTEB's");
  }

  @Test
  void readsARealSet() {
    var cisi = Layout.list(Shared.path("data/eval"), Splits.TEST).stream()
        .filter(dataset -> dataset.name().equals("cisi"))
        .findFirst()
        .orElseThrow()
        .load();
    // Sizes as in the files: 1460 documents, 2492 judgements.
    try (var corpus = cisi.corpus().documents()) {
      assertThat(corpus.count()).isEqualTo(1460);
    }
    var qrels = (Qrels) cisi.judgements();
    assertThat(
            qrels.queries().stream().mapToInt(query -> qrels.of(query).size()).sum())
        .isEqualTo(2492);
    assertThat(cisi.queries()).hasSameSizeAs(qrels.queries());
  }

  private void copyTo(String name) throws IOException {
    var copy = Files.createDirectories(folder.resolve(name).resolve("qrels")).getParent();
    for (var file : List.of("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")) {
      Files.copy(set.resolve(file), copy.resolve(file));
    }
  }

  @Test
  void subfoldersOfASubfolderAreItsParts() throws IOException {
    copyTo("cqadupstack/english");
    copyTo("cqadupstack/android");
    assertThat(Layout.list(folder, Splits.TEST))
        .extracting(StoredSet::name)
        .containsExactly("cqadupstack/android", "cqadupstack/english", "tiny");
    assertThat(Layout.list(folder.resolve("cqadupstack"), Splits.TEST))
        .extracting(StoredSet::name)
        .containsExactly("cqadupstack/android", "cqadupstack/english");
    var splits = new Splits("dev", Map.of("cqadupstack", "test", "cqadupstack/english", "train"));
    assertThat(Layout.list(folder, splits))
        .extracting(StoredSet::split)
        .containsExactly("test", "train", "dev");
  }

  @Test
  void jsonJudgementsAndFoldersOfMtebAreRead() throws IOException {
    Files.delete(set.resolve("qrels/test.tsv"));
    Files.writeString(
        set.resolve("qrels/test.jsonl"),
        "{\"query-id\": \"q2\", \"corpus-id\": \"d1\", \"score\": 1.0}\n");
    assertThat(load("test").queries()).containsExactly(new Query("q2", "b"));
    for (var kind : List.of("corpus", "queries")) {
      Files.createDirectory(set.resolve(kind));
      Files.move(set.resolve(kind + ".jsonl"), set.resolve(kind + "/test-00000-of-00001.jsonl"));
    }
    Files.writeString(
        set.resolve("queries/test-00000-of-00001.jsonl"),
        "{\"id\": \"q1\", \"text\": \"a\"}\n{\"id\": \"q2\", \"text\": \"b\"}\n");
    Files.createDirectory(set.resolve("instruction"));
    Files.writeString(
        set.resolve("instruction/test.jsonl"),
        "{\"query-id\": \"q2\", \"instruction\": \"Only of this year.\"}\n");
    assertThat(load("test").queries()).containsExactly(new Query("q2", "b Only of this year."));
    Files.writeString(
        set.resolve("qrels/test.jsonl"),
        "{\"query-id\": \"q2\", \"corpus-id\": \"d1\", \"score\": 0.5}\n{\"query-id\": \"q2\"}\n");
    assertThatThrownBy(() -> load("test"))
        .hasMessageContaining("qrels/test.jsonl:1: relevance must be an integer, was '0.5'")
        .hasMessageContaining("qrels/test.jsonl:2: needs 'corpus-id', a string or a number");
  }

  @Test
  void languagesOfMtebArePartsOfASet() throws IOException {
    for (var kind : List.of("corpus", "queries", "qrels")) {
      Files.createDirectories(folder.resolve("mlqa/de-" + kind));
    }
    Files.copy(set.resolve("corpus.jsonl"), folder.resolve("mlqa/de-corpus/test.jsonl"));
    Files.copy(set.resolve("queries.jsonl"), folder.resolve("mlqa/de-queries/test.jsonl"));
    Files.copy(set.resolve("qrels/test.tsv"), folder.resolve("mlqa/de-qrels/test.tsv"));
    var sets = Layout.loadAll(List.of(folder.resolve("mlqa")), Splits.TEST);
    assertThat(sets).extracting(EvaluationSet::name).containsExactly("mlqa/de");
    assertThat(sets.get(0).queries()).hasSize(1);
  }

  @Test
  void parquetFilesAreNamed() throws IOException {
    Files.delete(set.resolve("corpus.jsonl"));
    var parquet = Files.createDirectory(set.resolve("corpus")).resolve("test-0.parquet");
    Files.writeString(parquet, "PAR1");
    assertThatThrownBy(() -> load("test"))
        .hasMessage(parquet + ": Parquet is not read here; convert it to JSON lines, "
            + set.resolve("corpus/test.jsonl"));
  }

  @Test
  void twoSetsOfANameAreRefused() throws IOException {
    copyTo("other/tiny");
    assertThatThrownBy(
            () -> Layout.loadAll(List.of(set, folder.resolve("other/tiny")), Splits.TEST))
        .hasMessage(
            folder.resolve("other/tiny") + ": there is another evaluation set tiny in " + set);
  }
}
