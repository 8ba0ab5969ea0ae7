package org.tdro.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.tdro.data.shards.DomainStatistics;
import org.tdro.data.shards.TrainingData;
import org.tdro.data.shards.TrainingDataImport;
import org.tdro.io.FileException;
import org.tdro.rows.DomainFiles;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro data}, the parent of those that prepare training data. */
@Command(
    name = "data",
    description = "Import, inspect and spoil training rows.",
    mixinStandardHelpOptions = true,
    subcommands = {DataCommand.Import.class, DataCommand.Stats.class, DataSpoilCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data import --tokenizer tokenizer.json --out data/arrow data/train",
      "  tdro data stats data/arrow",
      "  tdro data spoil data/train/acl.jsonl --kind shuffled --output data/spoilt/acl.jsonl",
    })
final class DataCommand extends CommandGroup {
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
          maxQueryLength, maxPassageLength, prompts(), files.threads());
      try (var loaded = Tokenizer.load(tokenizer)) {
        print(new TrainingDataImport(loaded, options).run(files.places(), output));
      }
      return 0;
    }

    private Prompts prompts() {
      if (prompts == null) {
        return Prompts.none();
      }
      var loaded = Prompts.load(prompts);
      var unknown = new TreeSet<>(loaded.names(TextKind.QUERY));
      unknown.removeAll(DomainFiles.sources(files.places(), skipped -> {}).keySet());
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

  /** The command {@code tdro data stats}, which describes the domains of a folder. */
  @Command(
      name = "stats",
      description = {
        "Show sizes and lengths of the domains in a folder.",
        "",
        "Lengths are given as median, 95th percentile and longest: in tokens for imported data, in characters for JSONL files.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {"  tdro data stats data/train", "  tdro data stats data/arrow"})
  static final class Stats implements Callable<Integer> {
    @Parameters(
        paramLabel = "DIR",
        description = "Folder of .jsonl, .jsonl.gz or imported .arrow files.")
    private Path folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      if (!isImported()) {
        print(DomainStatistics.ofFiles(List.of(folder)), "characters");
        return 0;
      }
      try (var data = TrainingData.open(folder)) {
        print(DomainStatistics.of(data), "tokens");
      }
      return 0;
    }

    private boolean isImported() {
      if (!Files.isDirectory(folder)) {
        return false;
      }
      try (var files = Files.newDirectoryStream(folder, "*.arrow")) {
        return files.iterator().hasNext();
      } catch (IOException e) {
        throw FileException.reading(folder, e);
      }
    }

    private void print(List<DomainStatistics> domains, String unit) {
      var table = new TextTable(
          "domain",
          "rows",
          "fold 0",
          "fold 1",
          "pos/row",
          "neg/row",
          "no negative",
          "query " + unit,
          "passage " + unit);
      for (var domain : domains) {
        table.row(
            domain.domain(),
            domain.rows(),
            domain.firstRows(),
            domain.secondRows(),
            perRow(domain.positives(), domain.rows()),
            perRow(domain.negatives(), domain.rows()),
            domain.rowsWithoutNegatives(),
            lengths(domain.queryLengths()),
            lengths(domain.passageLengths()));
      }
      var rows = domains.stream().mapToLong(DomainStatistics::rows).sum();
      table.row(
          "total",
          rows,
          domains.stream().mapToLong(DomainStatistics::firstRows).sum(),
          domains.stream().mapToLong(DomainStatistics::secondRows).sum(),
          perRow(domains.stream().mapToLong(DomainStatistics::positives).sum(), rows),
          perRow(domains.stream().mapToLong(DomainStatistics::negatives).sum(), rows),
          domains.stream().mapToLong(DomainStatistics::rowsWithoutNegatives).sum(),
          "",
          "");
      var out = spec.commandLine().getOut();
      out.print(table);
      out.flush();
    }

    private static String perRow(long count, long rows) {
      return String.format(Locale.ROOT, "%.2f", (double) count / Math.max(1, rows));
    }

    private static String lengths(DomainStatistics.LengthCounts lengths) {
      return String.format(
          Locale.ROOT,
          "%d / %d / %d",
          lengths.percentile(0.5),
          lengths.percentile(0.95),
          lengths.max());
    }
  }
}
