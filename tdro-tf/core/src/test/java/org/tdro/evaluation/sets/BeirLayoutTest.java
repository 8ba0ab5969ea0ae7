package org.tdro.evaluation.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Qrels;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;
import org.tdro.search.Query;
import org.tdro.testing.Checkout;
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

  private static List<Passage> documents(EvaluationSet set) {
    try (var documents = set.corpus().documents()) {
      return documents.toList();
    }
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
    var stored = Layout.listAll(List.of(set), Splits.TEST);
    return Layout.load(stored, Optional.of(folder.resolve("cache"))).get(0);
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
        "{\"_id\": [3]}",
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
                    set.resolve("corpus.jsonl")
                        + ":3: its id is a list, expected a string or a whole number",
                    set.resolve("corpus.jsonl") + ":5: has no text")
                .anySatisfy(problem -> assertThat(problem)
                    .startsWith(set.resolve("corpus.jsonl") + ":4: malformed JSON at column ")));
  }

  @Test
  void theStreamStopsAtAProblem() throws IOException {
    var loaded = load("test");
    corpus("{\"_id\": \"d1\", \"text\": \"one\"}", "{\"_id\": \"d1\"}");
    try (var corpus = loaded.corpus().documents()) {
      assertThatThrownBy(corpus::toList).hasMessageEndingWith("corpus.jsonl:2: has no text");
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
        .hasMessageContaining(set + ": there are no judgements of dev, only of test");
    Files.delete(set.resolve("corpus.jsonl"));
    Files.writeString(set.resolve("queries.jsonl"), "");
    assertThatThrownBy(() -> load("test"))
        .hasMessage(set.resolve("corpus.jsonl")
            + ": no such file, nor corpus.jsonl.gz or a folder corpus of JSON lines or Parquet");
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
                + ": there are no judgements of validation, only of dev, test, train: choose one by eval.split in a configuration, or by --split");
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

  /** Written by DuckDB 1.4.1, with the names, columns and types of published sets: in shards, of languages, converted by Hugging Face. */
  private static Path parquet(String name) {
    return Checkout.path("tdro-tf/core/src/test/resources/mteb").resolve(name);
  }

  @Test
  void parquetOfMtebIsRead() {
    var sets = Layout.loadAll(List.of(parquet("")), Splits.TEST);
    assertThat(sets)
        .extracting(EvaluationSet::name)
        .containsExactly("converted", "follow/de", "scifact");
    assertThat(documents(sets.get(2)))
        .extracting(Passage::id, Passage::title)
        .containsExactly(
            tuple("4983", "Microstructural development"),
            tuple("5836", ""),
            tuple("7912", "BC1 RNA — µ"));
    assertThat(((Qrels) sets.get(2).judgements()).of("2")).containsExactly(Map.entry("7912", 2));
    assertThat(sets.get(1).queries())
        .containsExactly(new Query("q1", "Welcher Satz? Nur kurze."), new Query("q2", "Was?"));
    assertThat(((Qrels) sets.get(1).judgements()).of("q1"))
        .containsExactly(Map.entry("d1", 1), Map.entry("d2", 0));
    assertThat(documents(sets.get(0))).extracting(Passage::id).containsExactly("7", "8");
    assertThat(((Qrels) sets.get(0).judgements()).of("1")).containsExactly(Map.entry("8", 1));
  }

  @Test
  void aSplitOfParquetIsChosen() {
    var set = Layout.loadAll(List.of(parquet("scifact")), Splits.of("train")).get(0);
    assertThat(set.queries()).extracting(Query::id).containsExactly("2");
    assertThatThrownBy(() -> Layout.loadAll(List.of(parquet("scifact")), Splits.of("dev")))
        .hasMessageContaining("there are no judgements of dev, only of test, train: choose one");
  }

  @Test
  void aNumberIsOfASplitOrOfAPart() throws IOException {
    Files.move(set.resolve("qrels/test.tsv"), set.resolve("qrels/test-2021.tsv"));
    assertThat(load("test-2021").queries()).hasSize(1);
    var corpus = Files.createDirectory(set.resolve("corpus"));
    Files.delete(set.resolve("corpus.jsonl"));
    for (int i = 1; i <= 10; i++) {
      Files.writeString(
          corpus.resolve("docs-" + i + ".jsonl"), "{\"_id\": \"d" + i + "\", \"text\": \"t\"}");
    }
    assertThat(documents(load("test-2021")))
        .extracting(Passage::id)
        .startsWith("d1", "d2")
        .endsWith("d10");
  }

  @Test
  void partsThatAreMissingOrDamagedAreNamed() throws IOException {
    var corpus = Files.createDirectories(folder.resolve("cut/corpus"));
    var first = corpus.resolve("corpus-00000-of-00002.parquet");
    Files.copy(parquet("scifact/corpus/corpus-00000-of-00002.parquet"), first);
    Files.copy(set.resolve("queries.jsonl"), folder.resolve("cut/queries.jsonl"));
    Files.createDirectory(folder.resolve("cut/qrels"));
    Files.copy(set.resolve("qrels/test.tsv"), folder.resolve("cut/qrels/test.tsv"));
    assertThatThrownBy(() -> Layout.loadAll(List.of(folder.resolve("cut")), Splits.TEST))
        .hasMessage(first + ": only 1 of its 2 files are there");
    Files.move(first, corpus.resolve("corpus.parquet"));
    Files.writeString(corpus.resolve("corpus.parquet"), "version https://git-lfs.github.com/spec");
    assertThatThrownBy(() -> Layout.loadAll(List.of(folder.resolve("cut")), Splits.TEST))
        .hasMessageEndingWith(
            "corpus.parquet: is not the file itself, but a pointer of Git LFS: git lfs pull");
    Files.writeString(corpus.resolve("dev.jsonl"), "{}");
    Files.move(corpus.resolve("corpus.parquet"), corpus.resolve("train.parquet"));
    assertThatThrownBy(() -> Layout.loadAll(List.of(folder.resolve("cut")), Splits.TEST))
        .hasMessage(corpus + ": has no split test, only dev, train");
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
