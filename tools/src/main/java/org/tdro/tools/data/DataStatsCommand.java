package org.tdro.tools.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.tdro.data.shards.TrainingData;
import org.tdro.io.FileException;
import org.tdro.io.Json;
import org.tdro.rows.duplicates.RepeatedRows;
import org.tdro.rows.statistics.DomainStatistics;
import org.tdro.rows.statistics.EvaluationOverlap;
import org.tdro.rows.statistics.LengthCounts;
import org.tdro.rows.statistics.RowStatistics;
import org.tdro.text.Tokenizer;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro data stats}, which describes the domains of a folder. */
@Command(
    name = "stats",
    description = {
      "Show sizes, lengths and oddities of training rows.",
      "",
      "Lengths are median, 95th percentile and longest: in tokens for imported data and with --tokenizer, otherwise in characters. Texts "
          + "are the same if they are equal after normalisation (NFKC, lower case, white space and punctuation collapsed).",
      "",
      "pool: different passages. script, language: those of most queries and positives; the languages, by ISO 639-3, are guessed of at most 500 "
          + "rows a domain, and unsure where a text is too short to tell. repeated: rows with the query and positives of "
          + "an earlier one. shared: rows with a query or positive of another domain. contradictory: rows with a negative that is their "
          + "positive. false neg.: with a negative that is the positive of another row with the same query.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data stats data/train",
      "  tdro data stats data/train --eval data/eval",
      "  tdro data stats data/train --tokenizer tokenizer.json --json",
      "  tdro data stats data/arrow"
    })
final class DataStatsCommand implements Callable<Integer> {
  /** Texts are not longer in tokens than this. */
  private static final int ALL_TOKENS = 1 << 20;

  /** The scripts and languages of a domain that the table names, if a text in a hundred is in them. */
  private static final int NAMED = 3;

  @Mixin
  private TrainingFiles files;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "Hugging Face tokenizer.json by which lengths are measured.")
  private Path tokenizer;

  @Mixin
  private EvaluationTextOptions evaluation;

  @Option(names = "--json", description = "Print JSON, with more numbers, instead of tables.")
  private boolean json;

  @Mixin
  private ProgressOptions progress;

  @Spec
  private CommandSpec spec;

  /** What is printed as JSON. */
  private record Imported(String lengths, List<DomainStatistics> domains) {}

  /** What is printed as JSON. */
  private record Rows(
      String lengths,
      List<DomainStatistics> domains,
      SortedMap<String, RepeatedRows> repeated,
      SortedMap<String, SortedMap<String, Long>> scripts,
      SortedMap<String, SortedMap<String, Long>> languages,
      List<EvaluationOverlap> overlaps) {}

  @Override
  public Integer call() {
    if (files.places().size() == 1 && isImported(files.places().get(0))) {
      imported(files.places().get(0));
    } else if (tokenizer == null) {
      rows(RowStatistics::characters, "characters");
    } else {
      try (var loaded = Tokenizer.load(tokenizer)) {
        rows(text -> loaded.encode(text, ALL_TOKENS).length, "tokens");
      }
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static boolean isImported(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var shards = Files.newDirectoryStream(folder, "*.arrow")) {
      return shards.iterator().hasNext();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  private void imported(Path folder) {
    if (tokenizer != null || !evaluation.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "%s holds imported data, of which the texts are not known; --tokenizer and --eval are for files of rows"
              .formatted(folder));
    }
    try (var data = TrainingData.open(folder)) {
      var domains = data.statistics();
      if (json) {
        print(new Imported("tokens", domains));
      } else {
        sizes(domains, "tokens");
      }
    }
  }

  private void rows(ToIntFunction<String> length, String unit) {
    var sets = new EvaluationOverlap.Sets();
    if (!evaluation.isEmpty()) {
      for (var set : evaluation.load()) {
        EvaluationTextOptions.queries(set, sets::addQuery);
        EvaluationTextOptions.documents(set, false, sets::addDocument);
      }
    }
    RowStatistics found;
    try (var phase = progress.phase("rows", "rows", OptionalLong.empty())) {
      var rows = files.domains(phase::add);
      found = RowStatistics.of(rows, length, sets);
    }
    if (json) {
      print(new Rows(
          unit,
          found.domains(),
          found.repeated(),
          found.scripts(),
          found.languages(),
          found.overlaps()));
      return;
    }
    var out = spec.commandLine().getOut();
    sizes(found.domains(), unit);
    out.println();
    oddities(found);
    if (!evaluation.isEmpty()) {
      out.println();
      overlaps(found.overlaps());
    }
  }

  private void print(Object content) {
    spec.commandLine().getOut().println(Json.pretty(content));
  }

  private void sizes(List<DomainStatistics> domains, String unit) {
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
    long rows = sum(domains, DomainStatistics::rows);
    table.row(
        "total",
        rows,
        sum(domains, DomainStatistics::firstRows),
        sum(domains, DomainStatistics::secondRows),
        perRow(sum(domains, DomainStatistics::positives), rows),
        perRow(sum(domains, DomainStatistics::negatives), rows),
        sum(domains, DomainStatistics::rowsWithoutNegatives),
        "",
        "");
    spec.commandLine().getOut().print(table);
  }

  private void oddities(RowStatistics found) {
    var table = new TextTable(
        "domain",
        "pool",
        "script",
        "language",
        "repeated",
        "shared",
        "with",
        "contradictory",
        "false neg.");
    for (var domain : found.domains()) {
      var repeated = found.repeated().get(domain.domain());
      var most = repeated.overlaps().entrySet().stream().max(Map.Entry.comparingByValue());
      table.row(
          domain.domain(),
          domain.pool(),
          shares(found.scripts().get(domain.domain())),
          shares(found.languages().get(domain.domain())),
          repeated.copies(),
          most.map(Map.Entry::getValue).orElse(0L),
          repeated.overlaps().size() > 1
              ? most.get().getKey() + " +" + (repeated.overlaps().size() - 1)
              : most.map(Map.Entry::getKey).orElse(""),
          domain.rowsWithContradiction(),
          domain.rowsWithFalseNegative());
    }
    spec.commandLine().getOut().print(table);
  }

  private void overlaps(List<EvaluationOverlap> overlaps) {
    var out = spec.commandLine().getOut();
    if (overlaps.isEmpty()) {
      out.println("The rows share no query and no relevant document with the evaluation sets.");
      return;
    }
    var table =
        new TextTable("rows that share", "with", "query", "query id", "positive", "document id");
    for (var overlap : overlaps) {
      table.row(
          overlap.domain(),
          overlap.set(),
          overlap.queries(),
          overlap.queryIds(),
          overlap.positives(),
          overlap.documentIds());
    }
    out.print(table);
  }

  private static String shares(SortedMap<String, Long> counts) {
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    var shown = new StringJoiner(", ");
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(NAMED)
        .filter(texts -> 100 * texts.getValue() >= all)
        .forEach(texts -> shown.add(String.format(
            Locale.ROOT, "%s %.0f %%", texts.getKey(), 100.0 * texts.getValue() / all)));
    return shown.toString();
  }

  private static long sum(List<DomainStatistics> domains, ToLongFunction<DomainStatistics> count) {
    return domains.stream().mapToLong(count).sum();
  }

  private static String perRow(long count, long rows) {
    return String.format(Locale.ROOT, "%.2f", (double) count / Math.max(1, rows));
  }

  private static String lengths(LengthCounts lengths) {
    return String.format(
        Locale.ROOT,
        "%d / %d / %d",
        lengths.percentile(0.5),
        lengths.percentile(0.95),
        lengths.max());
  }
}
