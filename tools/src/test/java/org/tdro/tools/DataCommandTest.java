package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.FolderLock;
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
