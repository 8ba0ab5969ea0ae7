package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.tdro.data.shards.TrainingDataImport;
import org.tdro.rows.DomainFiles;
import org.tdro.text.PromptVariants;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro data}, the parent of those that prepare training data. */
@Command(
    name = "data",
    description = "Import, convert, inspect, clean, split, mine and spoil training rows.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DataCommand.Import.class,
      DataStatsCommand.class,
      DataConvertCommand.class,
      DataDedupCommand.class,
      DataSplitCommand.class,
      DataSampleCommand.class,
      DataMineCommand.class,
      DataSpoilCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data import --tokenizer tokenizer.json --out data/arrow data/train",
      "  tdro data stats data/arrow",
      "  tdro data convert pairs.csv --output data/train/faq.jsonl",
      "  tdro data dedup data/train --eval data/eval --output data/clean",
      "  tdro data split data/train --share 0.05 --output data/split",
      "  tdro data sample data/train --rows 1000 --output data/small",
      "  tdro data mine data/train --output data/mined",
      "  tdro data spoil data/train/acl.jsonl --kind shuffled --output data/spoilt/acl.jsonl",
    })
public final class DataCommand extends CommandGroup {
  /** The command {@code tdro data import}, which tokenises rows of text into Arrow files. */
  @Command(
      name = "import",
      description = {
        "Tokenise training rows into Arrow files.",
        "",
        "Each file DOMAIN.jsonl, .json, .csv, .tsv, .parquet or .arrow is a domain, and so is a folder such as BEIR's; tdro data "
            + "convert --help says which forms of rows are read. The output folder will hold exactly these domains. Those "
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
  static final class Import implements Callable<Integer> {
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
          maxQueryLength, maxPassageLength, PromptVariants.of(prompts()), files.threads());
      try (var loaded = Tokenizer.load(tokenizer)) {
        print(new TrainingDataImport(loaded, options).run(files.places(), files.rows(), output));
      }
      return 0;
    }

    private Prompts prompts() {
      if (prompts == null) {
        return Prompts.none();
      }
      var loaded = Prompts.load(prompts);
      var unknown = new TreeSet<>(loaded.names(TextKind.QUERY));
      unknown.removeAll(
          DomainFiles.sources(files.places(), files.rows(), skipped -> {}).keySet());
      if (!unknown.isEmpty()) {
        var err = spec.commandLine().getErr();
        err.printf("%s has prompts for domains that are not imported: %s%n", prompts, unknown);
        err.flush();
      }
      return loaded;
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
}
