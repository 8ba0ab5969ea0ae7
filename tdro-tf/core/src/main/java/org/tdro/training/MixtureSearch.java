package org.tdro.training;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.MixtureConfig;
import org.tdro.training.config.RunConfig;

/**
 * The search for a mixture of the domains of stage finetune, by what development queries say of short runs. Its folder holds
 * {@code weights.json}, {@code search.json} with all that was tried, the short runs and, of a merge, the best one as a run. Run again, it
 * continues where it stopped, and the mixture is that of a search that was not interrupted; a complete one is left unchanged.
 */
public final class MixtureSearch {
  private static final Logger LOG = LoggerFactory.getLogger(MixtureSearch.class);

  /** What the record of a merge has in place of a stage. */
  public static final String MERGED = "merge";

  private final ShortRuns.Training training;

  /** The methods. */
  public enum Method {
    /** Runs without each of the domains: those are dropped that are not missed. */
    LEAVE_ONE_OUT("leave-one-out"),
    /** Runs on random mixtures, and the mixture that a log-linear regression predicts to be best. */
    REGRESSION("regression"),
    /** A run on each domain alone, and the best average of their weights. */
    MERGE("merge");

    private final String word;

    Method(String word) {
      this.word = word;
    }

    /** Returns its name in configurations. */
    public String word() {
      return word;
    }

    /** Returns the method of a name, if there is one. */
    public static Optional<Method> of(String word) {
      return Arrays.stream(values()).filter(method -> method.word.equals(word)).findFirst();
    }

    private Search search(ShortRuns runs) {
      return switch (this) {
        case LEAVE_ONE_OUT -> new LeaveOneOutSearch(runs);
        case REGRESSION -> new RegressionSearch(runs);
        case MERGE -> new MergeSearch(runs);
      };
    }

    /** Returns the settings of {@code mixture} that it has, apart from the steps of its runs. */
    private Map<String, String> settings(MixtureConfig config) {
      return switch (this) {
        case LEAVE_ONE_OUT -> Map.of();
        case REGRESSION ->
          Map.of(
              "runs", Integer.toString(config.runs()),
              "concentration", Double.toString(config.concentration()),
              "kl", Double.toString(config.kl()),
              "repetitions", Double.toString(config.repetitions()));
        case MERGE -> Map.of("merges", Integer.toString(config.merges()));
      };
    }
  }

  /**
   * What a search found.
   *
   * @param weights the file of the mixture
   * @param model the folder of a run with the best merge, if that was searched
   * @param steps steps of all short runs
   * @param seconds time of their steps with the input of these, and of the search itself in the process that ended it
   */
  public record Found(Path weights, Optional<Path> model, long steps, double seconds) {}

  /** A method that searches with short runs. */
  interface Search {
    /** Returns the result; empty if it was interrupted. */
    Optional<Result> run();
  }

  /**
   * The result of a method.
   *
   * @param model the folder of a run with the best merge
   * @param words what was found, in sentences
   * @param details what was tried and computed, for {@code search.json}
   */
  @SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
  record Result(
      double[] shares, Optional<Path> model, List<String> words, Map<String, ?> details) {}

  /**
   * The content of {@code search.json} as far as it is read again.
   *
   * @param inputs fingerprints of what the short runs and their development values follow from, by name
   * @param settings those of the search itself
   * @param steps absent until it is complete
   */
  private record Stored(
      String method,
      Map<String, String> inputs,
      Map<String, String> settings,
      @JsonSetter(nulls = Nulls.SET) Long steps,
      @JsonSetter(nulls = Nulls.SET) Double seconds) {
    List<String> differences(Map<String, String> now) {
      return now.keySet().stream()
          .filter(name -> !now.get(name).equals(inputs.get(name)))
          .map(name -> "  " + name + " has changed")
          .toList();
    }
  }

  /**
   * Searches of the pipeline that {@code arguments} describe.
   *
   * @param sweep trains the short runs
   */
  public MixtureSearch(
      ConfigComposer<RunConfig> composer, List<String> arguments, WeightsSweep sweep) {
    training = new ShortRuns.Training(composer, List.copyOf(arguments), sweep);
  }

  /** Returns what is wrong with the settings of a pipeline for any search, each with its origin; nothing if all is well. */
  public static List<String> problems(ResolvedConfig<RunConfig> resolved) {
    var problems = new ArrayList<String>();
    if (!resolved.config().eval().hasDevelopment()) {
      problems.add(
          "%s: %s look at development queries, and there are none: give eval.dev-share=0.5, or development sets with eval.dev=[FOLDER]"
              .formatted(
                  resolved.origin("pipeline.weightings"),
                  String.join(
                      ", ", Arrays.stream(Method.values()).map(Method::word).toList())));
    }
    if (resolved.config().data().domains().size() == 1) {
      problems.add("%s: a mixture needs at least two domains, data.domains names one"
          .formatted(resolved.origin("data.domains")));
    }
    return problems;
  }

  /**
   * Searches, unless that was done already.
   *
   * @param folder of the search; another one that is there is moved aside
   * @return what was found; empty if it was interrupted, in which case another run continues
   * @throws ConfigException if there are no development queries, or fewer than two domains
   * @throws IllegalStateException if short runs failed
   */
  public Optional<Found> run(Method method, Path folder) {
    var all = new ArrayList<>(training.arguments());
    all.add("stage=finetune");
    all.add(ConfigComposer.argument("output", folder));
    var resolved = training.composer().composeForRun(all);
    var problems = problems(resolved);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    var config = resolved.config();
    ShortRuns.Domains domains;
    Map<String, String> inputs;
    try (var prepared = PreparedData.of(config)) {
      domains = ShortRuns.Domains.of(config, prepared);
      inputs = new TreeMap<>(StageInputs.of(resolved, prepared).fingerprints());
    }
    if (domains.count() < 2) {
      throw new ConfigException(List.of("%s: a mixture needs at least two domains, and %s has %s"
          .formatted(
              resolved.origin("data.weights"),
              config.data().weights(),
              String.join(", ", domains.names()))));
    }
    inputs.put("method", method.word());
    inputs.put("mixture.steps", Integer.toString(config.mixture().steps()));
    inputs.put("development queries", new EvaluationSets(resolved).developmentFingerprint());
    var runs = new ShortRuns(training, resolved, domains, folder);
    return new Running(method, folder, resolved, inputs, method.settings(config.mixture()))
        .run(runs);
  }

  /** Returns the file of the mixture in the folder of a search. */
  static Path weights(Path folder) {
    return folder.resolve("weights.json");
  }

  /** One call. */
  private record Running(
      Method method,
      Path folder,
      ResolvedConfig<RunConfig> resolved,
      Map<String, String> inputs,
      Map<String, String> settings) {
    Optional<Found> run(ShortRuns runs) {
      var differences = read().map(stored -> stored.differences(inputs)).orElse(List.<String>of());
      if (!differences.isEmpty()) {
        var aside =
            FolderLock.whileHeld(folder, "searching in", () -> new RunFolder(folder).setAside());
        LOG.info(
            "{} holds another search: it is moved to {}. What differs:\n{}",
            folder,
            aside,
            String.join("\n", differences));
      }
      var found = found();
      if (found.isPresent()) {
        return found;
      }
      return FolderLock.whileHeld(folder, "searching in", () -> {
        write(Map.of());
        long start = System.nanoTime();
        return method.search(runs).run().map(result -> {
          runs.domains().file(result.shares()).write(weights());
          result.words().forEach(words -> LOG.info("{}: {}", method.word(), words));
          double own = (System.nanoTime() - start - runs.trainingNanos()) * 1e-9;
          var content = new LinkedHashMap<String, Object>();
          content.put("steps", runs.steps());
          content.put("seconds", runs.seconds() + own);
          content.put("found", result.words());
          content.put("weights", runs.domains().byName(result.shares()));
          content.putAll(new TreeMap<>(result.details()));
          writeSetting(folder, "weights");
          result.model().ifPresent(merged -> writeSetting(merged, "model"));
          write(content);
          return new Found(weights(), result.model(), runs.steps(), runs.seconds() + own);
        });
      });
    }

    private Path weights() {
      return MixtureSearch.weights(folder);
    }

    private Path file() {
      return folder.resolve("search.json");
    }

    private Optional<Stored> read() {
      try {
        return Files.isRegularFile(file())
            ? Optional.of(Json.read(file(), Stored.class))
            : Optional.empty();
      } catch (InputException e) {
        LOG.warn("searching again with the runs that there are: {}", e.getMessage());
        return Optional.empty();
      }
    }

    /** Returns what was found before, if the search is complete and its results are there. */
    private Optional<Found> found() {
      var merged = MergeSearch.folder(folder);
      boolean merges = method == Method.MERGE;
      return read()
          .filter(stored -> stored.steps() != null && stored.settings().equals(settings))
          .filter(stored -> Files.isRegularFile(weights()))
          .filter(stored -> !merges || RunRecord.isComplete(merged))
          .map(stored -> new Found(
              weights(),
              merges ? Optional.of(merged) : Optional.empty(),
              stored.steps(),
              stored.seconds()));
    }

    /** Notes what a result follows from. */
    private void writeSetting(Path of, String result) {
      var own = new TreeMap<>(RunSetting.own(resolved));
      settings.forEach((name, value) -> own.put("mixture." + name, value));
      own.put("result", result);
      var from = new TreeMap<>(inputs);
      from.remove(RunRecord.CONFIGURATION);
      RunSetting.write(of, resolved.config().seed(), own, from, Map.of());
    }

    private void write(Map<String, ?> further) {
      var content = new LinkedHashMap<String, Object>();
      content.put("method", method.word());
      content.put("inputs", inputs);
      content.put("settings", new TreeMap<>(settings));
      content.putAll(further);
      Json.write(file(), content);
    }
  }
}
