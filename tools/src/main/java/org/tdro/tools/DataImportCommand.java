package org.tdro.tools;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tdro.data.shards.TrainingDataImport;
import org.tdro.text.Prompts;
import org.tdro.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro data import}, which tokenises rows of text into Arrow files. */
@Command(
    name = "import",
    description = {
      "Tokenise training rows into Arrow files.",
      "",
      "Each file DOMAIN.jsonl or DOMAIN.jsonl.gz is a domain. Its lines hold query_id, query, positive_passages and "
          + "negative_passages of docid, title (optional) and text. The output folder will hold exactly these domains. Those "
          + "whose rows, tokenizer, lengths and prompts have not changed are kept as they are.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data import --tokenizer tokenizer.json --out data/arrow data/train",
      "  tdro data import --tokenizer tokenizer.json --max-query-length 64 --max-passage-length 256 \\",
      "      --prompts prompts.json --out data/arrow trivia.jsonl.gz news.jsonl",
    })
public final class DataImportCommand implements Callable<Integer> {
  @Mixin
  private TrainingFiles files;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "FILE",
      description = "Hugging Face tokenizer.json; see tdro tokenizer train.")
  private Path tokenizer;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the Arrow files.")
  private Path output;

  @Option(
      names = "--max-query-length",
      defaultValue = "128",
      paramLabel = "N",
      description = "Longer queries are truncated, in tokens (default: ${DEFAULT-VALUE}).")
  private int maxQueryLength;

  @Option(
      names = "--max-passage-length",
      defaultValue = "512",
      paramLabel = "N",
      description = "Longer passages are truncated, in tokens (default: ${DEFAULT-VALUE}).")
  private int maxPassageLength;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "JSON of instructions, {\"DOMAIN\": {\"task\": \"…\", \"symmetric\": false}}; none by default.")
  private Path prompts;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    var options = new TrainingDataImport.Options(
        maxQueryLength,
        maxPassageLength,
        prompts == null ? Prompts.none() : Prompts.load(prompts),
        files.threads());
    try (var loaded = Tokenizer.load(tokenizer)) {
      print(new TrainingDataImport(loaded, options).run(files.places(), output));
    }
    return 0;
  }

  private void print(TrainingDataImport.Report report) {
    var table =
        new TextTable("domain", "rows", "positives", "negatives", "no negative", "tokens", "");
    for (var entry : report.domains()) {
      var counts = entry.counts();
      table.row(
          entry.domain(),
          counts.rows(),
          counts.positives(),
          counts.negatives(),
          counts.rowsWithoutNegatives(),
          counts.tokens(),
          entry.rebuilt() ? "imported" : "unchanged");
    }
    var total = report.total();
    table.row(
        "total",
        total.rows(),
        total.positives(),
        total.negatives(),
        total.rowsWithoutNegatives(),
        total.tokens(),
        output);
    var out = spec.commandLine().getOut();
    out.print(table);
    out.flush();
  }
}
