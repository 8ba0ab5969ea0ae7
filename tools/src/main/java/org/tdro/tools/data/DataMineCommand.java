package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tdro.io.FolderLock;
import org.tdro.io.Json;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOutput;
import org.tdro.runs.GracefulShutdown;
import org.tdro.search.mining.HardNegativeMining;
import org.tdro.search.mining.MiningCounts;
import org.tdro.search.mining.MiningCounts.Reason;
import org.tdro.search.mining.MiningFolder;
import org.tdro.search.mining.MiningOptions;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro data mine}, which finds hard negatives for training rows. */
@Command(
    name = "mine",
    description = {
      "Find hard negatives for training rows.",
      "",
      "The passages of each domain, positives and negatives of all its rows, are ranked for its queries: by BM25 or, with --model, by a "
          + "retriever. Those that are ranked between --range-min and --range-max and pass the filters become a row's negatives. A row for "
          + "which none remains keeps the negatives that it has.",
      "",
      "Never taken are positives of the row or of a row with the same query, passages of the same text, and near copies of the row's "
          + "positives. What is done is kept in OUTPUT.mining until the output is complete, so that the same command goes on after an interruption.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data mine data/train --output data/mined",
      "  tdro data mine data/train --model runs/first/finetune-uniform --relative-margin 0.05 --output data/mined",
      "  tdro data mine nli.jsonl --model MODEL --teacher STRONGER --sampling top --num-negatives 8 --output data/mined",
    })
final class DataMineCommand implements Callable<Integer> {
  @Mixin
  private TrainingFiles files;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A run, a published model or an export that ranks the passages (default: BM25).")
  private Path model;

  @Option(
      names = "--teacher",
      paramLabel = "MODEL",
      description =
          "A retriever whose scores of positives and negatives are written, for distillation; it may be that of --model.")
  private Path teacher;

  @Option(
      names = "--range-min",
      paramLabel = "RANK",
      defaultValue = "2",
      description = "First rank that is taken, positives counted (default: ${DEFAULT-VALUE}).")
  private int rangeMin;

  @Option(
      names = "--range-max",
      paramLabel = "RANK",
      defaultValue = "100",
      description = "Last rank that is taken (default: ${DEFAULT-VALUE}).")
  private int rangeMax;

  @Option(
      names = "--num-negatives",
      paramLabel = "N",
      defaultValue = "16",
      description = "Negatives of a row (default: ${DEFAULT-VALUE}).")
  private int number;

  @Option(
      names = "--sampling",
      paramLabel = "HOW",
      defaultValue = "random",
      description =
          "Which of the remaining passages: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private MiningOptions.Sampling sampling;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of a random choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--absolute-margin",
      paramLabel = "X",
      description =
          "Leave out passages that do not score at least X less than the row's lowest positive.")
  private Double absoluteMargin;

  @Option(
      names = "--relative-margin",
      paramLabel = "X",
      description =
          "Leave out passages that score more than 1 - X of the row's lowest positive; 0.05 is the 95 %% of NV-Retriever.")
  private Double relativeMargin;

  @Option(
      names = "--max-score",
      paramLabel = "X",
      description = "Leave out passages with a higher score.")
  private Double maxScore;

  @Option(
      names = "--min-score",
      paramLabel = "X",
      description = "Leave out passages with a lower score.")
  private Double minScore;

  @Option(
      names = "--positive-overlap",
      paramLabel = "P",
      defaultValue = "0.85",
      description =
          "Leave out passages that share at least this part of their words with a positive; above 1: none (default: ${DEFAULT-VALUE}).")
  private double positiveOverlap;

  @Option(
      names = "--drop-rows-without-negatives",
      description = "Leave out rows that came without negatives, and for which none remained.")
  private boolean dropEmpty;

  @Mixin
  private RowOutputOptions output;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    output.check(files);
    var options = options();
    var counts = new TreeMap<String, MiningCounts>();
    var rows = files.domains(read -> {});
    try (var rankers =
        MiningRankers.open(model, teacher, MiningFolder.of(output.folder()).embeddings())) {
      var facts = facts(rows, options, rankers);
      var folder = MiningFolder.of(output.folder());
      FolderLock.whileHeld(folder.folder(), "mining into", () -> {
        folder.begin(facts);
        try (var ending = new GracefulShutdown();
            var phase = output.rows("mining")) {
          rows.forEachDomain(domain -> {
            var mining = new HardNegativeMining(
                options,
                pool -> rankers.ranker(domain, pool, folder.index()),
                rankers.teacher(domain));
            counts.put(domain, mining.mine(rows, domain, folder.parts(domain), mined -> {
              ending.check();
              phase.add(mined);
            }));
          });
        }
        write(rows, folder, facts);
        return null;
      });
      folder.delete();
    }
    print(counts);
    return 0;
  }

  private void write(DomainRows rows, MiningFolder folder, Object facts) {
    RowOutput.write(output.folder(), beside -> {
      for (var source : rows.files().entrySet()) {
        try (var writer = RowOutput.open(beside, source.getKey(), source.getValue())) {
          HardNegativeMining.join(folder.parts(source.getKey()), dropEmpty, writer);
        }
      }
      return facts;
    });
  }

  private MiningOptions options() {
    try {
      return new MiningOptions(
          rangeMin,
          rangeMax,
          number,
          sampling,
          seed,
          optional(maxScore),
          optional(minScore),
          optional(absoluteMargin),
          optional(relativeMargin),
          positiveOverlap);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), options(e.getMessage()), e);
    }
  }

  /** Returns a message on components of {@link MiningOptions} in the names of the options. */
  private static String options(String message) {
    return message
        .replaceAll("(?m)^", "--")
        .replaceAll("([a-z])([A-Z])", "$1-$2")
        .replace("--number", "--num-negatives")
        .toLowerCase(Locale.ROOT);
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private Map<String, Object> facts(DomainRows rows, MiningOptions options, MiningRankers rankers) {
    var sources = new TreeMap<String, String>();
    rows.files()
        .forEach(
            (domain, source) -> sources.put(domain, DomainFiles.fingerprint(source, files.rows())));
    var facts = new LinkedHashMap<String, Object>();
    facts.put("command", "tdro data mine");
    facts.put("rows", sources);
    facts.putAll(rankers.facts());
    facts.put("range_min", options.rangeMin());
    facts.put("range_max", options.rangeMax());
    facts.put("num_negatives", options.number());
    facts.put("sampling", options.sampling());
    facts.put("seed", options.seed());
    facts.put("max_score", maxScore);
    facts.put("min_score", minScore);
    facts.put("absolute_margin", absoluteMargin);
    facts.put("relative_margin", relativeMargin);
    facts.put("positive_overlap", options.positiveOverlap());
    facts.put("drop_rows_without_negatives", dropEmpty);
    return facts;
  }

  private void print(Map<String, MiningCounts> counts) {
    var out = spec.commandLine().getOut();
    if (output.json()) {
      out.println(Json.pretty(counts));
      out.flush();
      return;
    }
    var total = counts.values().stream()
        .reduce(new MiningCounts(0, 0, 0, Map.of(), 0, 0, 0), MiningCounts::plus);
    var reasons = new EnumMap<Reason, String>(Reason.class);
    for (var reason : Reason.values()) {
      if (total.filtered().getOrDefault(reason, 0L) > 0) {
        reasons.put(reason, reason.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
    }
    var titles =
        new ArrayList<String>(List.of("domain", "rows", "neg/row", "fewer", "kept", "ranked"));
    titles.addAll(reasons.values());
    var table = new TextTable(titles.toArray(String[]::new));
    counts.forEach((domain, of) -> row(table, domain, of, reasons));
    row(table, "total", total, reasons);
    out.print(table);
    out.println();
    out.println(
        "fewer: rows with fewer negatives than asked for; kept: of these, rows for which none remained, with the negatives that they had");
    if (total.without() > 0) {
      out.printf(
          Locale.ROOT,
          "%d rows have no negatives and %s%n",
          total.without(),
          dropEmpty
              ? "were left out"
              : "do not train beside others that have: add --drop-rows-without-negatives to leave them out");
    }
    out.println("ranked: passages within the ranks; then those left out, by reason");
    out.flush();
  }

  private static void row(
      TextTable table, String domain, MiningCounts counts, Map<Reason, String> reasons) {
    var cells = new ArrayList<Object>(List.of(
        domain,
        counts.rows(),
        String.format(
            Locale.ROOT, "%.2f", (double) counts.negatives() / Math.max(1, counts.rows())),
        counts.fewer(),
        counts.kept(),
        counts.candidates()));
    reasons.keySet().forEach(reason -> cells.add(counts.filtered().getOrDefault(reason, 0L)));
    table.row(cells.toArray());
  }
}
