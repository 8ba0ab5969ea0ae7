package org.tdro.tools.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tdro.io.Json;
import org.tdro.rows.duplicates.Deduplication;
import org.tdro.rows.duplicates.Deduplication.Counts;
import org.tdro.rows.duplicates.Deduplication.Part;
import org.tdro.rows.duplicates.Deduplication.Within;
import org.tdro.rows.duplicates.KnownTexts;
import org.tdro.rows.duplicates.Nearness;
import org.tdro.tools.options.NearnessOptions;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro data dedup}, which takes rows that evaluation sets hold, or other rows, out of training data. */
@Command(
    name = "dedup",
    description = {
      "Take rows out of training data that evaluation sets or other rows hold already.",
      "",
      "A row goes if its query is an evaluation query, or one of its positives a relevant document. Texts are the same if they are equal "
          + "after normalisation (NFKC, lower case, white space and punctuation collapsed), or near: of the words of either, both have at least "
          + "the part --jaccard (Chinese, Japanese, Korean, Thai: pairs of characters). All such texts are found.",
      "",
      "The output folder gets the rows that stay in their order, with their ids, queries, passages and scores, and in removed/ the others with the text that each of them "
          + "repeats. Evaluation texts are held in memory, training rows are not (with --within, their queries are).",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data dedup data/train --eval data/eval --output data/clean",
      "  tdro data dedup data/train --eval data/eval --against corpus --exact --output data/clean",
      "  tdro data dedup nli.jsonl qa.jsonl.gz --within --jaccard 0.8 --output data/clean",
    })
final class DataDedupCommand implements Callable<Integer> {
  /** The documents of evaluation sets that positives are compared with. */
  private enum Against {
    RELEVANT,
    CORPUS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin
  private TrainingFiles files;

  @Mixin
  private EvaluationTextOptions evaluation;

  @Option(
      names = "--against",
      paramLabel = "WHAT",
      defaultValue = "relevant",
      description =
          "Documents that positives are compared with: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Against against;

  @Option(
      names = "--within",
      description =
          "Also take out rows that repeat an earlier row of any domain: the same query, equal or near, with an equal positive.")
  private boolean within;

  @Option(names = "--exact", description = "Equal texts only.")
  private boolean exact;

  @Mixin
  private NearnessOptions near;

  @Mixin
  private RowOutputOptions output;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    output.check(files);
    if (evaluation.isEmpty() && !within) {
      throw new ParameterException(
          spec.commandLine(),
          "nothing to compare with: name evaluation sets with --eval, or add --within");
    }
    var nearness = nearness();
    var deduplication = deduplication(nearness);
    SortedMap<String, Counts> counts;
    try (var phase = output.rows("rows")) {
      var rows = files.domains(phase::add);
      counts = deduplication.write(rows, output.folder(), found -> record(nearness, found));
    }
    var out = spec.commandLine().getOut();
    if (output.json()) {
      out.println(Json.pretty(counts));
    } else {
      print(counts);
    }
    out.flush();
    return 0;
  }

  private Optional<Nearness> nearness() {
    if (exact && near.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "--exact finds equal texts only; leave out --jaccard and --distance");
    }
    return exact ? Optional.empty() : Optional.of(near.nearness());
  }

  private Deduplication deduplication(Optional<Nearness> nearness) {
    var queries = new KnownTexts.Builder();
    var documents = new KnownTexts.Builder();
    if (!evaluation.isEmpty()) {
      for (var set : evaluation.load()) {
        EvaluationTextOptions.queries(set, queries::add);
        EvaluationTextOptions.documents(set, against == Against.CORPUS, documents::add);
      }
    }
    return new Deduplication(
        queries.build(nearness),
        documents.build(nearness),
        within ? Optional.of(new Within(nearness)) : Optional.empty());
  }

  private Object record(Optional<Nearness> nearness, SortedMap<String, Counts> counts) {
    var record = new TreeMap<String, Object>(Map.of(
        "command",
        "tdro data dedup",
        "rows",
        files.places().stream().map(Path::toString).toList(),
        "eval",
        evaluation.folders().stream().map(Path::toString).toList(),
        "against",
        against.toString(),
        "within",
        within,
        "domains",
        counts));
    nearness.ifPresent(least -> {
      record.put("jaccard", least.jaccard());
      least.distance().ifPresent(distance -> record.put("distance", distance));
    });
    return record;
  }

  private void print(SortedMap<String, Counts> counts) {
    var table = new TextTable(
        "domain",
        "rows",
        "kept",
        "query =",
        "query ~",
        "positive =",
        "positive ~",
        "row =",
        "row ~");
    counts.forEach((domain, of) -> table.row(cells(domain, List.of(of))));
    table.row(cells("total", List.copyOf(counts.values())));
    var out = spec.commandLine().getOut();
    out.print(table);
    out.println("= equal after normalisation, ~ near");
    if (Files.exists(output.folder().resolve(Deduplication.REMOVED))) {
      out.printf("taken out are in %s%n", output.folder().resolve(Deduplication.REMOVED));
    }
    counts.forEach((domain, of) -> {
      if (of.kept() == 0) {
        out.printf("%s: no row is left, so there is no file of it%n", domain);
      }
    });
  }

  private static Object[] cells(String name, List<Counts> counts) {
    var cells = new ArrayList<Object>();
    cells.add(name);
    cells.add(counts.stream().mapToLong(Counts::rows).sum());
    cells.add(counts.stream().mapToLong(Counts::kept).sum());
    for (var part : Part.values()) {
      cells.add(sum(counts.stream().map(Counts::equal).toList(), part));
      cells.add(sum(counts.stream().map(Counts::near).toList(), part));
    }
    return cells.toArray();
  }

  private static long sum(List<SortedMap<String, Long>> counts, Part part) {
    return counts.stream().mapToLong(of -> of.getOrDefault(part.toString(), 0L)).sum();
  }
}
