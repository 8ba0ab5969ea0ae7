package org.tdro.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tdro.config.ResolvedConfig;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;

/**
 * Results of one retriever that were stored: in the folder of a run that a pipeline evaluated, in a pipeline's {@code
 * results.json}, or in a file of {@code tdro evaluate}.
 *
 * @param name tells it from others: a path or, of a pipeline, {@code PIPELINE:WEIGHTING}
 * @param file the file that holds it
 * @param run the run that was evaluated, if it is known
 * @param domains names of the domains that the retriever was trained on; empty if they are not known
 * @param values its means and the values of its queries
 * @param mixture what its mixture took and drew, if a pipeline's results say so
 */
public record StoredEvaluation(
    String name,
    Path file,
    Optional<RunFolder> run,
    List<String> domains,
    ModelEvaluation values,
    Optional<MixtureUse> mixture) {
  /** Checks what a damaged file may hold: comparisons of such values would look like others. */
  public StoredEvaluation {
    var problems = new Problems();
    values.sets().forEach((set, means) -> {
      means.forEach((measure, mean) -> check(mean, file + ": " + set + ": " + measure, problems));
      if (!values.queries().isEmpty() && !values.queries().containsKey(set)) {
        problems.add(file + ": " + set + ": has means, but no values of queries");
      }
    });
    values
        .queries()
        .forEach((set, measures) ->
            measures.forEach((measure, queries) -> queries.forEach((query, value) -> check(
                value, "%s: %s: %s of query %s".formatted(file, set, measure, query), problems))));
    problems.throwIfAny();
  }

  private static void check(double value, String what, Problems problems) {
    if (!Double.isFinite(value)) {
      problems.add(what + " is " + value);
    }
  }

  /** Returns the results in the folder of a run; empty if there are none, or only those of another model than it has now. */
  public static Optional<StoredEvaluation> ofRun(Path run) {
    return RunEvaluation.read(run)
        .filter(evaluation -> evaluation.staleness(run).isEmpty())
        .map(evaluation -> of(run.toString(), run, evaluation));
  }

  private static StoredEvaluation of(String name, Path run, RunEvaluation evaluation) {
    return new StoredEvaluation(
        name,
        RunEvaluation.file(run),
        Optional.of(new RunFolder(run)),
        evaluation.domains(),
        evaluation.values(),
        Optional.empty());
  }

  /**
   * Reads what a user names.
   *
   * @param named the folder of a run; that of a pipeline, which gives the results of each weighting; either with {@code :WEIGHTING}
   *     after it; a folder of such folders, in which runs without results are passed over, or of files of {@code tdro evaluate}; or a file
   *     with results
   * @return the results in the order of the file, or of the folders' names
   * @throws InputException if there is nothing of this name, or its results are those of another model than its run has now
   */
  public static List<StoredEvaluation> read(String named) {
    var path = Path.of(named);
    int colon = named.lastIndexOf(':');
    if (Files.exists(path) || colon < 1) {
      return read(path);
    }
    var weighting = named.substring(colon + 1);
    var pipeline = Path.of(named.substring(0, colon));
    var file = Files.isDirectory(pipeline) ? PipelineReport.file(pipeline) : pipeline;
    if (!Files.exists(file)) {
      throw new InputException(
          named + ": there is no such file or folder, nor the results " + file + " of a pipeline");
    }
    return List.of(ofPipeline(pipeline, file, Optional.of(weighting)).get(0));
  }

  private static List<StoredEvaluation> read(Path path) {
    if (!Files.exists(path)) {
      throw new InputException(path + ": there is no such file or folder");
    }
    if (!Files.isDirectory(path)) {
      return ofFile(path);
    }
    if (Files.isRegularFile(RunEvaluation.file(path))) {
      return List.of(current(path.toString(), path));
    }
    if (Files.exists(new RunFolder(path).record())) {
      throw new InputException(
          path + ": this run has no results: a pipeline evaluates its runs, and"
              + " tdro evaluate --model " + path + " --data DIR --output FILE any");
    }
    var found = new ArrayList<>(within(path));
    if (!Files.exists(PipelineReport.file(path))) {
      found.addAll(filesIn(path));
    }
    if (found.isEmpty()) {
      throw new InputException(
          path + ": holds no results, nor do the folders in it: neither a run's "
              + RunEvaluation.file(path).getFileName() + " nor a pipeline's "
              + PipelineReport.file(path).getFileName()
              + ", nor does it hold a file of tdro evaluate --output");
    }
    return found;
  }

  /** Returns the results in the files that {@code tdro evaluate} has written into a folder. */
  private static List<StoredEvaluation> filesIn(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().endsWith(".json"))
          .filter(Files::isRegularFile)
          .sorted()
          .filter(file -> Json.read(file).has("sets"))
          .map(file -> ofFile(file, Json.read(file, ModelEvaluation.class)))
          .toList();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /** Returns the results of all pipelines and runs in a folder and those below it. */
  private static List<StoredEvaluation> within(Path folder) {
    if (Files.isRegularFile(PipelineReport.file(folder))) {
      return ofPipeline(folder, PipelineReport.file(folder), Optional.empty());
    }
    if (Files.isRegularFile(RunEvaluation.file(folder))) {
      return List.of(current(folder.toString(), folder));
    }
    if (Files.exists(new RunFolder(folder).record())) {
      return List.of();
    }
    var found = new ArrayList<StoredEvaluation>();
    try (var entries = Files.list(folder)) {
      for (var entry : entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList()) {
        found.addAll(within(entry));
      }
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
    return found;
  }

  private static StoredEvaluation current(String name, Path run) {
    var evaluation = RunEvaluation.read(run)
        .orElseThrow(() -> new InputException(name + ": the run " + run + " has no results"));
    evaluation.staleness(run).ifPresent(why -> {
      throw new InputException(
          RunEvaluation.file(run) + ": " + why + "; run its pipeline again to evaluate this one");
    });
    return of(name, run, evaluation);
  }

  /**
   * Returns the results of a pipeline's weightings. Those of runs that are still where they were come from the runs' folders, which
   * know whether the model has changed since.
   *
   * @param only a weighting, or nothing for all of them
   */
  private static List<StoredEvaluation> ofPipeline(Path named, Path file, Optional<String> only) {
    var stored = Json.read(file, PipelineReport.Stored.class);
    only.filter(weighting -> !stored.evaluation().containsKey(weighting)).ifPresent(weighting -> {
      throw new InputException(named + ":" + weighting + ": there are the weightings "
          + String.join(", ", stored.evaluation().keySet()));
    });
    var results = new ArrayList<StoredEvaluation>();
    for (var weighting :
        only.map(List::of).orElse(List.copyOf(stored.evaluation().keySet()))) {
      var name = named + ":" + weighting;
      var run = stored
          .run(file, weighting)
          .filter(folder -> Files.isRegularFile(RunEvaluation.file(folder)));
      var result = run.map(folder -> current(name, folder))
          .orElseGet(() -> new StoredEvaluation(
              name, file, Optional.empty(), List.of(), stored.of(weighting), Optional.empty()));
      results.add(result.with(Optional.ofNullable(stored.mixtures().get(weighting))));
    }
    return results;
  }

  private StoredEvaluation with(Optional<MixtureUse> use) {
    return new StoredEvaluation(name, file, run, domains, values, use);
  }

  /** Returns the results in a file of any of the forms that are written here. */
  private static List<StoredEvaluation> ofFile(Path file) {
    var json = Json.read(file);
    if (json.has("values")) {
      return List.of(current(file.toString(), file.toAbsolutePath().getParent()));
    }
    if (json.has("evaluation")) {
      return ofPipeline(file, file, Optional.empty());
    }
    if (json.has("sets")) {
      return List.of(ofFile(file, Json.read(file, ModelEvaluation.class)));
    }
    if (isMeans(json)) {
      return List.of(ofFile(file, new ModelEvaluation(means(json), Map.of(), Map.of())));
    }
    throw new InputException(
        file + ": holds no results of an evaluation: expected what tdro evaluate"
            + " --output or --json writes, a run's evaluation.json or a pipeline's results.json");
  }

  private static StoredEvaluation ofFile(Path file, ModelEvaluation values) {
    return new StoredEvaluation(
        file.toString(), file, Optional.empty(), List.of(), values, Optional.empty());
  }

  /** Returns whether a value is {@code {SET: {MEASURE: MEAN}}}, as {@code tdro evaluate --json} prints. */
  private static boolean isMeans(JsonNode json) {
    return json.isObject()
        && !json.isEmpty()
        && stream(json)
            .allMatch(set ->
                set.isObject() && !set.isEmpty() && stream(set).allMatch(JsonNode::isNumber));
  }

  private static Stream<JsonNode> stream(JsonNode values) {
    return StreamSupport.stream(values.spliterator(), false);
  }

  private static Map<String, Map<String, Double>> means(JsonNode json) {
    var means = new LinkedHashMap<String, Map<String, Double>>();
    json.properties().forEach(set -> {
      var values = new LinkedHashMap<String, Double>();
      set.getValue()
          .properties()
          .forEach(measure -> values.put(measure.getKey(), measure.getValue().doubleValue()));
      means.put(set.getKey(), values);
    });
    return means;
  }

  /**
   * Reads the record of the evaluated run; empty if the run is not known.
   *
   * @throws InputException naming the file and what is wrong with it
   */
  public Optional<RunRecord> record() {
    return run.flatMap(RunRecord::read);
  }

  /**
   * Reads the configuration of the evaluated run; empty if the run is not known.
   *
   * @throws org.tdro.config.ConfigException if it is not one of this version
   */
  public Optional<ResolvedConfig<RunConfig>> config() {
    return run.map(RunFolder::config)
        .filter(Files::isRegularFile)
        .map(file -> ResolvedConfig.read(RunConfig.SCHEMA, file));
  }
}
