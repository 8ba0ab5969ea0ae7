package org.tdro.data.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.io.InputException;
import org.tdro.rows.Fold;
import org.tdro.testing.Shared;
import org.tdro.text.PromptTemplate;
import org.tdro.text.PromptVariants;
import org.tdro.text.Prompts;
import org.tdro.text.Tokenizer;

class TrainingDataImportTest {
  @TempDir
  Path folder;

  private Tokenizer tokenizer;
  private Path rows;
  private Path output;

  @BeforeEach
  void loadTokenizer() {
    tokenizer = ImportedRows.byteTokenizer(folder);
    rows = folder.resolve("rows");
    output = folder.resolve("arrow");
  }

  @AfterEach
  void closeTokenizer() {
    tokenizer.close();
  }

  private TrainingDataImport.Report run(TrainingDataImport.Options options, Path... places) {
    return new TrainingDataImport(tokenizer, options).run(List.of(places), output);
  }

  private TrainingDataImport.Report run() {
    return run(TrainingDataImport.Options.of(64, 64), rows);
  }

  @Test
  void whatIsReadIsWhatWasImported() {
    ImportedRows.write(
        rows.resolve("a.jsonl"),
        IntStream.range(0, 1000)
            .mapToObj(i -> ImportedRows.row("q" + i, "query" + i, 1 + i % 3, i % 5))
            .toArray(String[]::new));
    run();
    try (var data = TrainingData.open(output)) {
      var domain = data.domains().get(0);
      assertThat(domain.size(Fold.ALL)).isEqualTo(1000);
      var seen = new HashMap<String, TokenizedRow>();
      for (int i = 0; i < 1000; i++) {
        seen.put(domain.queryId(Fold.ALL, i), domain.row(Fold.ALL, i));
      }
      assertThat(seen).hasSize(1000);
      seen.forEach((id, row) -> {
        var i = Integer.parseInt(id.substring(1));
        assertThat(tokenizer.decode(row.query())).isEqualTo("query" + i);
        assertThat(Arrays.stream(row.positives()).map(tokenizer::decode))
            .containsExactlyElementsOf(names("query" + i + "p", 1 + i % 3));
        assertThat(Arrays.stream(row.negatives()).map(tokenizer::decode))
            .containsExactlyElementsOf(names("query" + i + "n", i % 5));
      });
    }
  }

  /** Returns the names of the files in the output folder, but for the lock that tells imports apart. */
  private List<String> written() throws IOException {
    try (var files = Files.list(output)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".lock"))
          .toList();
    }
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void rowsStandInTheFoldOfTheirQuery() {
    ImportedRows.write(
        rows.resolve("a.jsonl"),
        IntStream.range(0, 300)
            .mapToObj(i -> ImportedRows.row("q" + i, "t", 1, 0))
            .toArray(String[]::new));
    run();
    try (var data = TrainingData.open(output)) {
      var domain = data.domains().get(0);
      assertThat(domain.size(Fold.FIRST) + domain.size(Fold.SECOND)).isEqualTo(300);
      for (var fold : List.of(Fold.FIRST, Fold.SECOND)) {
        for (int i = 0; i < domain.size(fold); i++) {
          assertThat(Fold.of(domain.queryId(fold, i))).isEqualTo(fold);
        }
      }
    }
  }

  @Test
  void theReportCounts() {
    ImportedRows.write(
        rows.resolve("a.jsonl"),
        ImportedRows.row("1", "ab", 2, 3),
        ImportedRows.row("2", "c", 1, 0));
    var report = run();
    // Tokens are bytes and an end token: queries 3 + 2, passages "abp0" of 5 each (5 of them) and
    // "cp0" of 4. Highest byte: 'p'.
    assertThat(report.total()).isEqualTo(new RowCounts(2, 3, 3, 1, 0, 5 + 25 + 4, 'p' + 2));
    assertThat(report.domains()).singleElement().matches(TrainingDataImport.Report.Entry::rebuilt);
  }

  @Test
  void titlesStandBeforeTexts() {
    ImportedRows.write(
        rows.resolve("a.jsonl"),
        "{\"query_id\": 7, \"query\": \"q\", \"positive_passages\": [{\"docid\": \"d\", \"title\": \"Title\", \"text\": \"text\"}]}");
    run();
    try (var data = TrainingData.open(output)) {
      assertThat(tokenizer.decode(data.domains().get(0).row(Fold.ALL, 0).positives()[0]))
          .isEqualTo("Title text");
      assertThat(data.domains().get(0).queryId(Fold.ALL, 0)).isEqualTo("7");
    }
  }

  @Test
  void promptsStandAroundTextsOfTheirDomain() {
    for (var name : List.of("a", "b")) {
      ImportedRows.write(rows.resolve(name + ".jsonl"), ImportedRows.row("1", "x", 1, 0));
    }
    var prompts = new Prompts(
        Map.of("a", PromptTemplate.instruct("Find it")),
        Map.of("a", new PromptTemplate("[{text}]")));
    run(new TrainingDataImport.Options(64, 64, PromptVariants.of(prompts), 2), rows);
    try (var data = TrainingData.open(output)) {
      var a = data.domains().get(0).row(Fold.ALL, 0);
      assertThat(tokenizer.decode(a.query())).isEqualTo("Instruct: Find it\nQuery: x");
      assertThat(tokenizer.decode(a.positives()[0])).isEqualTo("[xp0]");
      assertThat(tokenizer.decode(data.domains().get(1).row(Fold.ALL, 0).query()))
          .isEqualTo("x");
    }
  }

  /** Whatever the order of the rows: the prompt of a text follows from the text, so equal texts stay equal. */
  @Test
  void textsDrawOneOfSeveralPromptsByThemselves() {
    var lines = IntStream.range(0, 300)
        .mapToObj(i -> ImportedRows.row("q" + i, "text" + i, 1, 1))
        .collect(Collectors.toCollection(ArrayList::new));
    var prompts = List.of("a: ", "b: ", "").stream().map(PromptTemplate::before).toList();
    var before = drawn(lines, prompts, 7);
    Collections.reverse(lines);
    assertThat(drawn(lines, prompts, 7)).isEqualTo(before);
    assertThat(drawn(lines, prompts, 8)).isNotEqualTo(before);
    for (var letter : List.of("a", "b", "t")) {
      assertThat(before.values())
          .filteredOn(text -> text.startsWith(letter))
          .hasSizeBetween(75, 125);
    }
  }

  /** Returns the queries by their ids. */
  private Map<String, String> drawn(List<String> lines, List<PromptTemplate> prompts, long seed) {
    ImportedRows.write(rows.resolve("a.jsonl"), lines.toArray(String[]::new));
    var variants = new PromptVariants(Map.of("a", prompts), Map.of(), seed);
    var options = new TrainingDataImport.Options(64, 64, variants, 2);
    assertThat(run(options, rows).domains()).allMatch(TrainingDataImport.Report.Entry::rebuilt);
    assertThat(run(options, rows).domains()).noneMatch(TrainingDataImport.Report.Entry::rebuilt);
    try (var data = TrainingData.open(output)) {
      var a = data.domains().get(0);
      return IntStream.range(0, lines.size())
          .boxed()
          .collect(Collectors.toMap(
              i -> a.queryId(Fold.ALL, i),
              i -> tokenizer.decode(a.row(Fold.ALL, i).query())));
    }
  }

  @Test
  void onlyWhatChangedIsImportedAgain() {
    ImportedRows.write(rows.resolve("a.jsonl"), ImportedRows.row("1", "x", 1, 0));
    ImportedRows.write(rows.resolve("b.jsonl"), ImportedRows.row("1", "x", 1, 0));
    run();
    assertThat(run().domains()).noneMatch(TrainingDataImport.Report.Entry::rebuilt);
    ImportedRows.write(rows.resolve("b.jsonl"), ImportedRows.row("1", "y", 1, 0));
    assertThat(run().domains())
        .extracting(TrainingDataImport.Report.Entry::rebuilt)
        .containsExactly(false, true);
    assertThat(run(TrainingDataImport.Options.of(64, 32), rows).domains())
        .allMatch(TrainingDataImport.Report.Entry::rebuilt);
  }

  @Test
  void importingTwiceGivesTheSameBytes() throws IOException {
    ImportedRows.write(
        rows.resolve("a.jsonl"),
        IntStream.range(0, 500)
            .mapToObj(i -> ImportedRows.row("q" + i, "t" + i, 2, 2))
            .toArray(String[]::new));
    run(new TrainingDataImport.Options(64, 64, PromptVariants.of(Prompts.none()), 1), rows);
    var first = Files.readAllBytes(output.resolve("a.0.arrow"));
    Files.delete(output.resolve("a.0.arrow"));
    run(new TrainingDataImport.Options(64, 64, PromptVariants.of(Prompts.none()), 4), rows);
    assertThat(Files.readAllBytes(output.resolve("a.0.arrow"))).isEqualTo(first);
  }

  @Test
  void domainsThatAreGoneDoNotLinger() throws IOException {
    ImportedRows.write(rows.resolve("a.jsonl"), ImportedRows.row("1", "x", 1, 0));
    ImportedRows.write(rows.resolve("b.jsonl"), ImportedRows.row("1", "x", 1, 0));
    run();
    Files.delete(rows.resolve("a.jsonl"));
    run();
    assertThat(written()).containsExactlyInAnyOrder("b.0.arrow", "b.1.arrow");
  }

  @Test
  void allProblemsAreNamedAndNothingIsWritten() throws IOException {
    ImportedRows.write(rows.resolve("good.jsonl"), ImportedRows.row("1", "x", 1, 0));
    ImportedRows.write(
        rows.resolve("bad.jsonl"),
        ImportedRows.row("1", "x", 1, 0),
        "{\"query_id\": ",
        ImportedRows.row("3", "x", 0, 2));
    ImportedRows.write(rows.resolve("empty.jsonl"), "");
    assertThatThrownBy(this::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bad.jsonl:2: malformed JSON at column")
        .hasMessageContaining("bad.jsonl:3: has no positive passage")
        .hasMessageContaining("empty.jsonl: holds no rows");
    assertThat(written()).isEmpty();
  }

  @Test
  void givesUpAfterTwentyProblems() {
    ImportedRows.write(
        rows.resolve("bad.jsonl"),
        IntStream.range(0, 1000)
            .mapToObj(i -> "{\"query\": \"\", \"pos\": []}")
            .toArray(String[]::new));
    assertThatThrownBy(this::run)
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.problems()).hasSize(20));
  }

  @Test
  void aTruncatedGzipIsNamed() throws IOException {
    var whole = Files.readAllBytes(Shared.path("data/train/advisories.jsonl.gz"));
    Files.createDirectories(rows);
    Files.write(rows.resolve("cut.jsonl.gz"), Arrays.copyOf(whole, 100_000));
    assertThatThrownBy(this::run)
        .isInstanceOf(InputException.class)
        .hasMessageMatching("(?s).*cut.jsonl.gz:\\d+: the gzip file ends too early.*");
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(this::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("rows: there is no such file or folder");
  }

  @Test
  void aDamagedRowIsNamedWhenItIsRead() throws IOException {
    ImportedRows.write(
        rows.resolve("a.jsonl"),
        IntStream.range(0, 50)
            .mapToObj(i -> ImportedRows.row("q" + i, "text " + i, 1, 1))
            .toArray(String[]::new));
    run();
    var shard = output.resolve("a.0.arrow");
    var bytes = Files.readAllBytes(shard);
    // The file keeps its size, and its schema and footer are whole.
    Arrays.fill(bytes, bytes.length / 3, bytes.length / 2, (byte) 0x7f);
    Files.write(shard, bytes);
    try (var data = TrainingData.open(output)) {
      var domain = data.domains().get(0);
      assertThatThrownBy(() -> {
            for (long i = 0; i < domain.size(Fold.FIRST); i++) {
              domain.row(Fold.FIRST, i);
            }
          })
          .isInstanceOf(InputException.class)
          .hasMessageMatching(
              ".*a.0.arrow: row \\d+ is damaged; delete the file, so that its domain is imported again");
    }
  }

  @Test
  void damagedArrowFilesAreImportedAgain() throws IOException {
    ImportedRows.write(rows.resolve("a.jsonl"), ImportedRows.row("1", "x", 1, 0));
    run();
    Files.write(output.resolve("a.1.arrow"), new byte[100]);
    assertThatThrownBy(() -> TrainingData.open(output))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.1.arrow: cannot be read as an Arrow file");
    assertThat(run().domains()).allMatch(TrainingDataImport.Report.Entry::rebuilt);
    TrainingData.open(output).close();
  }
}
