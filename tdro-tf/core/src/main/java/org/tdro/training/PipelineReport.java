package org.tdro.training;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.ResultsTable;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.io.MarkdownTable;

/**
 * The results of a pipeline.
 *
 * @param measures names of the measures, the most important first
 * @param evaluations the values by weighting
 * @param bm25 the values of BM25, a baseline that was not trained; empty if they are not wanted
 * @param runs the folder of each weighting's run
 * @param mixtures the shares of the domains by weighting, what they took and what was drawn by them
 * @param missing sets and parts of a suite that are not there
 */
public record PipelineReport(
    List<String> measures,
    Map<String, ModelEvaluation> evaluations,
    Optional<ModelEvaluation> bm25,
    Map<String, Path> runs,
    Map<String, MixtureUse> mixtures,
    List<String> missing) {
  /** Returns a table of one measure: a row for each set, a column for each weighting, and one for the baseline. */
  public ResultsTable table(String measure) {
    var systems = new LinkedHashMap<>(evaluations);
    bm25.ifPresent(baseline -> systems.put("bm25", baseline));
    return ModelEvaluation.table(measure, systems).without(missing);
  }

  /** Returns all tables and the learned weights as Markdown. */
  public String toMarkdown() {
    var text = new StringBuilder();
    measures.forEach(measure -> text.append(table(measure).toMarkdown(true)).append('\n'));
    tested()
        .forEach((split, sets) -> text.append("Queries: ")
            .append(split)
            .append(", of ")
            .append(String.join(", ", sets))
            .append(".\n\n"));
    text.append(mixtureTable()).append('\n').append(shareTable());
    return text.toString();
  }

  /** Returns a table of what each weighting took and gave. */
  private String mixtureTable() {
    var table = new MarkdownTable().left("weighting").right(MixtureUse.HEADINGS).right(measures);
    var weightings = List.copyOf(evaluations.keySet());
    for (int i = 0; i < weightings.size(); i++) {
      var cells = new ArrayList<>(MixtureUse.cells(List.of(mixtures.get(weightings.get(i)))));
      for (var measure : measures) {
        cells.add(decimal(table(measure).averages().get(i).orElse(Double.NaN)));
      }
      table.row(weightings.get(i), cells);
    }
    return table.toString();
  }

  /** Returns a table of the share of each domain. */
  private String shareTable() {
    var table = new MarkdownTable().left("share of").right(List.copyOf(mixtures.keySet()));
    for (var domain : MixtureUse.domains(mixtures)) {
      table.row(
          domain,
          mixtures.values().stream()
              .map(use -> decimal(use.shares().getOrDefault(domain, 0.0)))
              .toList());
    }
    return table.toString();
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** Returns the sets by the judgements whose queries were evaluated, as far as that is known. */
  private Map<String, List<String>> tested() {
    var sets = new LinkedHashMap<String, List<String>>();
    evaluations.values().stream()
        .findFirst()
        .ifPresent(evaluation -> evaluation
            .tests()
            .forEach((set, test) -> sets.computeIfAbsent(
                    test.content().split(), split -> new ArrayList<>())
                .add(set)));
    return sets;
  }

  /**
   * Writes {@code results.md} and {@code results.json} into the pipeline's folder; and {@code bm25.json}, by which {@code tdro compare} can
   * compare the weightings with the baseline.
   */
  void write(Path folder) {
    AtomicWrite.file(
        folder.resolve("results.md"), beside -> Files.writeString(beside, toMarkdown()));
    var means = new LinkedHashMap<String, Object>();
    var queries = new LinkedHashMap<String, Object>();
    var places = new LinkedHashMap<String, Object>();
    evaluations.forEach((weighting, evaluation) -> {
      means.put(weighting, evaluation.sets());
      queries.put(weighting, evaluation.queriesAsJson());
    });
    runs.forEach((weighting, run) -> places.put(weighting, relative(folder, run)));
    var json = new LinkedHashMap<String, Object>();
    json.put("evaluation", means);
    json.put("mixtures", mixtures);
    json.put("runs", places);
    // All runs were evaluated on the same sets.
    evaluations.values().stream()
        .findFirst()
        .ifPresent(evaluation -> json.put("tests", evaluation.tests()));
    json.put("queries", queries);
    bm25.ifPresent(baseline -> Json.write(folder.resolve("bm25.json"), baseline));
    Json.write(file(folder), json);
  }

  /** Returns the path of a run from the pipeline's folder, so that both can be moved together. */
  private static String relative(Path folder, Path run) {
    return folder
        .toAbsolutePath()
        .normalize()
        .relativize(run.toAbsolutePath().normalize())
        .toString();
  }

  /** Returns the file that holds the results of the pipeline in a folder; it is written last. */
  public static Path file(Path folder) {
    return folder.resolve("results.json");
  }

  /** Returns the folder of a weighting's run, as the results of the pipeline in a folder name it. */
  public static Optional<Path> run(Path folder, String weighting) {
    var file = file(folder);
    return Json.read(file, Stored.class).run(file, weighting);
  }

  /** The content of {@code results.json}, as far as it is read again. */
  record Stored(
      Map<String, Map<String, Map<String, Double>>> evaluation,
      @JsonSetter(nulls = Nulls.SET) Map<String, String> runs,
      @JsonSetter(nulls = Nulls.SET) Map<String, MixtureUse> mixtures,
      @JsonSetter(nulls = Nulls.SET) Map<String, ModelEvaluation.Test> tests,

      @JsonSetter(nulls = Nulls.SET)
      Map<String, Map<String, Map<String, Map<String, Double>>>> queries) {

    Stored {
      runs = runs == null ? Map.of() : runs;
      mixtures = mixtures == null ? Map.of() : mixtures;
      queries = queries == null ? Map.of() : queries;
    }

    /** Returns the folder of a weighting's run, if the file names it. */
    Optional<Path> run(Path file, String weighting) {
      return Optional.ofNullable(runs.get(weighting)).map(file::resolveSibling);
    }

    /** Returns the results of a weighting. */
    ModelEvaluation of(String weighting) {
      return new ModelEvaluation(evaluation.get(weighting), tests, queries.get(weighting));
    }
  }
}
