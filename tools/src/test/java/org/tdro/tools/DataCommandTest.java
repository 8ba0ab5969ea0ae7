package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.Splits;
import org.tdro.io.FolderLock;
import org.tdro.tools.data.DataCommand;
import org.tdro.tools.data.TokenizerCommand;
import picocli.CommandLine;

class DataCommandTest {
  @TempDir
  Path folder;

  private final StringWriter out = new StringWriter();

  private int run(Object command, Object... arguments) {
    var strings = new String[arguments.length];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = arguments[i].toString();
    }
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(out))
        .execute(strings);
  }

  @BeforeEach
  void writeRows() throws IOException {
    Files.createDirectories(folder.resolve("rows"));
    Files.writeString(folder.resolve("rows/news.jsonl"), """
        {"query_id": "1", "query": "ab", "positive_passages": [{"docid": "d", "text": "abc"}], "negative_passages": []}
        {"query_id": "2", "query": "cd", "positive_passages": [{"docid": "d", "text": "x"}], "negative_passages": [{"docid": "e", "text": "y"}]}
        """);
  }

  @Test
  void twoImportsIntoOneFolderAreRefused() throws Exception {
    SmallRuns.writeData(folder);
    var tokenizer = folder.resolve("locked-tokenizer.json");
    SmallRuns.writeTokenizer(tokenizer, 300, folder);
    int code = FolderLock.whileHeld(
        folder.resolve("held"),
        "importing into",
        () -> run(
            new DataCommand(),
            "import",
            "--tokenizer",
            tokenizer,
            "--out",
            folder.resolve("held"),
            folder.resolve("data")));
    assertThat(code).isEqualTo(1);
    assertThat(out.toString()).contains("another process is importing into");
  }

  @Test
  void fromRowsToStatistics() {
    var tokenizer = folder.resolve("tokenizer.json");
    var arrow = folder.resolve("arrow");
    assertThat(run(
            new TokenizerCommand(),
            "train",
            "--vocabulary-size",
            258,
            "--out",
            tokenizer,
            folder.resolve("rows")))
        .isZero();
    assertThat(run(
            new DataCommand(),
            "import",
            "--tokenizer",
            tokenizer,
            "--out",
            arrow,
            folder.resolve("rows")))
        .isZero();
    assertThat(out.toString())
        .contains("tokenizer.json: 258 ids")
        .containsPattern("news +2 +2 +1 +1 +14 +imported");
    assertThat(run(new DataCommand(), "stats", arrow)).isZero();
    // Bytes and an end token.
    assertThat(out.toString())
        .containsPattern("news +2 +[012] +[012] +1.00 +0.50 +1 +3 / 3 / 3 +2 / 4 / 4");
    assertThat(run(new DataCommand(), "stats", folder.resolve("rows"))).isZero();
    assertThat(out.toString())
        .containsPattern("news +2 +[012] +[012] +1.00 +0.50 +1 +2 / 2 / 2 +1 / 3 / 3");
  }

  @Test
  void spoilsRowsAndReplacesAFileOnlyIfAsked() throws IOException {
    var output = folder.resolve("spoilt.jsonl");
    var arguments = new String[] {
      "data",
      "spoil",
      folder.resolve("rows/news.jsonl").toString(),
      "--kind",
      "shuffled",
      "--output",
      output.toString()
    };
    assertThat(Main.run(arguments, new PrintWriter(out), new PrintWriter(out))).isZero();
    assertThat(out.toString()).contains("2 of 2 rows are paired with answers to other questions");
    assertThat(Files.readString(output))
        .contains("\"query\":\"ab\",\"positive_passages\":[{\"docid\":\"d\",\"text\":\"x\"}]");
    assertThat(Main.run(arguments, new PrintWriter(out), new PrintWriter(out))).isEqualTo(2);
    assertThat(out.toString()).contains("add --overwrite");
  }

  @Test
  void findsAndTakesOutWhatAnEvaluationSetHolds() throws IOException {
    var set = Files.createDirectories(folder.resolve("eval/set/qrels"));
    Files.writeString(
        set.resolveSibling("corpus.jsonl"), "{\"_id\": \"1\", \"title\": \"\", \"text\": \"z\"}\n");
    Files.writeString(set.resolveSibling("queries.jsonl"), "{\"_id\": \"2\", \"text\": \"CD!\"}\n");
    Files.writeString(set.resolve("test.tsv"), "query-id\tcorpus-id\tscore\n2\t1\t1\n");
    var rows = folder.resolve("rows");
    assertThat(run(new DataCommand(), "stats", rows, "--eval", folder.resolve("eval")))
        .isZero();
    assertThat(out.toString()).containsPattern("news +set +1 +1 +0 +0");
    var output = folder.resolve("clean");
    assertThat(run(new DataCommand(), "dedup", rows, "--output", output)).isEqualTo(2);
    assertThat(out.toString()).contains("nothing to compare with");
    Object[] arguments = {"dedup", rows, "--eval", folder.resolve("eval"), "--output", output};
    assertThat(run(new DataCommand(), arguments)).isZero();
    assertThat(out.toString()).containsPattern("news +2 +1 +1 +0 +0 +0 +0 +0");
    assertThat(output.resolve("news.jsonl")).content().contains("\"ab\"").doesNotContain("\"cd\"");
    assertThat(output.resolve("removed/news.jsonl")).content().contains("\"CD!\"");
    assertThat(run(new DataCommand(), arguments)).isEqualTo(2);
    assertThat(out.toString()).contains("--output: " + output + " exists; name another folder");
    assertThat(run(new DataCommand(), "dedup", rows, "--within", "--overwrite", "--output", rows))
        .isEqualTo(2);
    assertThat(out.toString()).contains("holds " + rows + ", which is read");
    var foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis.txt"), "precious");
    assertThat(
            run(new DataCommand(), "dedup", rows, "--within", "--overwrite", "--output", foreign))
        .isEqualTo(2);
    assertThat(out.toString()).contains("was not written by a command on rows");
    for (var wrong : List.of("--distance=7", "--jaccard=0", "--exact --jaccard=0.8")) {
      var command =
          new ArrayList<Object>(List.of("dedup", rows, "--within", "--output", output + "2"));
      command.addAll(List.of(wrong.split(" ")));
      assertThat(run(new DataCommand(), command.toArray())).isEqualTo(2);
    }
    assertThat(out.toString())
        .contains(
            "--distance must be from 0 to 6, was 7",
            "--jaccard must be above 0 and at most 1, was 0.0",
            "--exact finds equal texts only; leave out --jaccard and --distance");
  }

  @Test
  void splitsAndSamples() throws IOException {
    var rows = folder.resolve("rows");
    var split = folder.resolve("split");
    assertThat(run(new DataCommand(), "split", rows, "--queries", 1, "--output", split))
        .isZero();
    assertThat(out.toString()).containsPattern("news +2 +1 +1 +1 +2 +1 +[01] +0");
    assertThat(Files.readAllLines(split.resolve("train/news.jsonl"))).hasSize(1);
    assertThat(Layout.loadAll(List.of(split.resolve("eval/news")), Splits.TEST)
            .get(0)
            .queries())
        .hasSize(1);
    var sample = folder.resolve("sample");
    assertThat(run(new DataCommand(), "sample", rows, "--rows", 1, "--output", sample))
        .isZero();
    assertThat(Files.readAllLines(sample.resolve("news.jsonl"))).hasSize(1);
    for (var wrong : new String[][] {{"--share", "1.5"}, {"--rows", "0"}, {}}) {
      var arguments =
          new ArrayList<Object>(List.of("sample", rows, "--output", folder.resolve("none")));
      arguments.addAll(List.of(wrong));
      assertThat(run(new DataCommand(), arguments.toArray())).isEqualTo(2);
    }
    assertThat(out.toString())
        .contains("--share must be above 0 and at most 1, was 1.5", "--rows must be at least 1");
  }

  @Test
  void convertsRowsOfAnyFormIntoAFileOrAFolder() throws IOException {
    var table = Files.writeString(
        folder.resolve("rows/faq.csv"), "asked,clicked,when\nwho?,me,now\n,nobody,never\n");
    var columns = "query=asked,positive=clicked";
    var file = folder.resolve("converted/faq.jsonl.gz");
    Object[] arguments = {"convert", "-q", table, "--columns", columns, "--output", file};
    assertThat(run(new DataCommand(), arguments)).isEqualTo(1);
    assertThat(out.toString()).contains(table + ":3: asked is missing or empty");
    assertThat(file).doesNotExist();
    Object[] skipping = {
      "convert", "-q", table, "--columns", columns, "--on-error", "SKIP", "--output", file
    };
    assertThat(run(new DataCommand(), skipping)).isZero();
    assertThat(out.toString()).containsPattern("faq +1 +1 +0 +" + file);
    assertThat(run(new DataCommand(), skipping)).isEqualTo(2);
    Files.delete(table);
    var output = folder.resolve("all");
    assertThat(run(
            new DataCommand(), "convert", "-q", "--output", output, folder.resolve("rows"), file))
        .isZero();
    assertThat(output.resolve("news.jsonl")).content().startsWith("{\"query_id\":\"1\"");
    assertThat(output.resolve("faq.jsonl")).content().contains("\"query\":\"who?\"");
    assertThat(run(new DataCommand(), "convert", table, "--format", "csv", "--output", output))
        .isEqualTo(2);
    assertThat(out.toString()).contains("there is no form csv; there are tevatron,");
  }

  @Test
  void helpShowsExamples() {
    assertThat(run(new DataCommand(), "import", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: data import").contains("Examples:");
  }

  @Test
  void withoutASubcommandItIsBadUsage() {
    assertThat(run(new DataCommand())).isEqualTo(2);
    assertThat(run(new TokenizerCommand())).isEqualTo(2);
  }
}
