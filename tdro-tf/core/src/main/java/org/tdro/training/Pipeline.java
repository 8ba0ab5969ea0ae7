package org.tdro.training;

import static org.tdro.config.ConfigComposer.argument;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.mixing.WeightsFile;
import org.tdro.runs.PhaseProgress;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;

/**
 * The whole method: reference, domain weights, fine-tuning with each of the chosen weightings, evaluation. Every stage has its folder
 * in the output folder; one that is complete is skipped unless its configuration or inputs have changed. A complete reference run that
 * {@code dro.reference} names is taken instead of training one.
 */
public final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final String UNIFORM = "uniform";

  private final ConfigComposer<RunConfig> composer;
  private final List<String> arguments;
  private final PrintStream progress;
  private final MeterRegistry registry;
  private final Deque<Integer> stages = new ArrayDeque<>();
  private int stageCount;
  private MeterRegistry meters;

  /**
   * A pipeline of the configuration that {@code arguments} describe.
   *
   * @param progress the stream on which training shows its progress
   */
  public Pipeline(
      ConfigComposer<RunConfig> composer,
      List<String> arguments,
      PrintStream progress,
      MeterRegistry registry) {
    this.composer = composer;
    this.arguments = List.copyOf(arguments);
    this.progress = progress;
    this.registry = registry;
  }

  /**
   * Runs the stages that are not complete, and the evaluation.
   *
   * @return the results; empty if it was interrupted, in which case another run continues
   * @throws ConfigException listing everything that is wrong, before the first step
   */
  public Optional<PipelineReport> run() {
    var base = compose("stage=reference");
    check(base);
    try (var opened = RunMeters.open(base, registry)) {
      meters = opened.registry();
      return run(base);
    }
  }

  private Optional<PipelineReport> run(ResolvedConfig<RunConfig> base) {
    var config = base.config();
    var sets = new EvaluationSets(base);
    sets.dev();
    var tests = new RunEvaluation.Tests(sets.tests(), config.eval().setPrompts());
    var evaluation = new RetrievalEvaluation(
        config.eval().topK(), Measure.parse(config.eval().measures()));
    var output = config.output();

    var given = config.dro().reference();
    var reference = reference(config, given.orElse(output.resolve("reference")));
    boolean learns = learns(config);
    boolean needsReference = learns && config.dro().needsReference();
    if (given.isPresent() && needsReference) {
      checkReference(reference);
    } else if (given.isPresent()) {
      LOG.warn("dro.reference is not used: nothing is compared with a reference's losses");
    }
    begin(
        config,
        needsReference && given.isEmpty(),
        learns,
        needsReference && isReference(reference));
    if (needsReference && given.isEmpty() && !train(reference)) {
      return Optional.empty();
    }
    if (learns && !train(dro(needsReference ? Optional.of(reference) : Optional.empty(), output))) {
      return Optional.empty();
    }
    var runs = new LinkedHashMap<String, Path>();
    for (var weighting : config.pipeline().weightings()) {
      var finetune = finetune(weighting, output);
      if (needsReference && isReference(weighting, finetune, reference)) {
        runs.put(weighting, reference.config().output());
        continue;
      }
      if (!train(finetune)) {
        return Optional.empty();
      }
      runs.put(weighting, finetune.config().output());
    }
    var evaluations = evaluate(runs, tests, evaluation, config);
    var report = new PipelineReport(
        evaluation.measures().stream().map(Measure::name).toList(),
        evaluations,
        runs,
        learns ? learned(output, config.dro().method().result()) : Map.of());
    report.write(output);
    return Optional.of(report);
  }

  /**
   * The stages that a pipeline trains, composed and checked; what earlier stages make for later ones need not exist.
   *
   * @param base the settings that all stages and the evaluation share
   * @param stages the stages in order, with the reference first if the pipeline trains one
   * @param reference the arguments of {@code tdro train}, but for its output, that train that reference; empty if there is none
   */
  public record Outline(
      ResolvedConfig<RunConfig> base,
      List<ResolvedConfig<RunConfig>> stages,
      Optional<List<String>> reference) {}

  /**
   * Returns what {@link #run} would train, without reading data.
   *
   * @throws ConfigException listing everything that is wrong
   */
  public Outline outline() {
    var base = compose("stage=reference");
    var config = base.config();
    check(base);
    boolean learns = learns(config);
    boolean needsReference = learns && config.dro().needsReference();
    boolean trainsReference = needsReference && config.dro().reference().isEmpty();
    var output = config.output();
    var run = config.dro().reference().orElse(output.resolve("reference"));
    var stages = new ArrayList<ResolvedConfig<RunConfig>>();
    var reference = reference(config, run);
    if (trainsReference) {
      stages.add(reference);
    } else if (needsReference) {
      complete(reference);
    }
    if (learns) {
      stages.add(planned(
          droArguments(needsReference ? Optional.of(reference) : Optional.empty(), output)));
    }
    for (var weighting : config.pipeline().weightings()) {
      var finetune = planned(finetuneArguments(weighting, output));
      if (!needsReference || !isReference(weighting, finetune, reference)) {
        stages.add(finetune);
      }
    }
    stages.forEach(StageTraining::check);
    return new Outline(
        base,
        stages,
        trainsReference
            ? Optional.of(all(referenceArguments(config).toArray(String[]::new)))
            : Optional.empty());
  }

  /** Returns whether a weighting needs weights that are learned. */
  private static boolean learns(RunConfig config) {
    return config.pipeline().weightings().stream().anyMatch(name -> !name.equals(UNIFORM));
  }

  /** Composes a stage whose inputs may be made by an earlier one. */
  private ResolvedConfig<RunConfig> planned(List<String> additions) {
    return composer.compose(all(additions.toArray(String[]::new)));
  }

  /** Finds the mistakes that can be known before the first step. */
  private static void check(ResolvedConfig<RunConfig> base) {
    var config = base.config();
    var problems = new ArrayList<String>();
    for (var weighting : config.pipeline().weightings()) {
      if (weighting.startsWith("top")
          && !config.dro().topPercents().contains(Integer.parseInt(weighting.substring(3)))) {
        problems.add("%s: pipeline.weightings has %s, but dro.top-percents has only %s"
            .formatted(
                base.origin("pipeline.weightings"), weighting, config.dro().topPercents()));
      }
    }
    if (config.eval().data().isEmpty()) {
      problems.add(
          "eval.data is empty: give eval.data=[FOLDER], evaluation sets in BEIR's form or folders of them");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private ResolvedConfig<RunConfig> reference(RunConfig config, Path run) {
    var additions = new ArrayList<>(referenceArguments(config));
    additions.add(argument("output", run));
    return compose(additions.toArray(String[]::new));
  }

  private static List<String> referenceArguments(RunConfig config) {
    return config.dro().crossFit()
        ? List.of("stage=reference", "data.fold=first")
        : List.of("stage=reference");
  }

  /** Refuses a reference that was given unless it is what this pipeline would train as one. */
  private static void checkReference(ResolvedConfig<RunConfig> reference) {
    var run = new RunFolder(reference.config().output());
    var origin = reference.origin("dro.reference");
    var record = complete(reference);
    try (var prepared = PreparedData.of(reference.config())) {
      var differences = record.differences(
          run,
          reference,
          StageInputs.of(reference, prepared).fingerprints(),
          MixtureSampler.VERSION);
      if (!differences.isEmpty()) {
        var problems = new ArrayList<String>();
        problems.add(
            "%s: dro.reference names %s, which was trained otherwise than this pipeline's reference would be; leave dro.reference out to train one. What differs:"
                .formatted(origin, run.path()));
        problems.addAll(differences);
        throw new ConfigException(problems);
      }
    }
    LOG.info("{}: taken as the reference", run.path());
  }

  /** Returns the record of a reference that was given, which must be complete. */
  private static RunRecord complete(ResolvedConfig<RunConfig> reference) {
    var run = new RunFolder(reference.config().output());
    if (RunRecord.hasEnded(run.path()) && !RunRecord.isComplete(run.path())) {
      throw new ConfigException(List.of(
          "%s: dro.reference names %s, whose model was deleted; train it again, by the command that it was trained with, or leave dro.reference out to train one"
              .formatted(reference.origin("dro.reference"), run.path())));
    }
    return RunRecord.read(run)
        .filter(found -> found.status() == RunRecord.Status.COMPLETE)
        .orElseThrow(() -> new ConfigException(List.of(
            "%s: dro.reference names %s, which holds no complete run; a pipeline takes a run of stage reference, or trains one without dro.reference"
                .formatted(reference.origin("dro.reference"), run.path()))));
  }

  private ResolvedConfig<RunConfig> dro(
      Optional<ResolvedConfig<RunConfig>> reference, Path output) {
    return compose(droArguments(reference, output).toArray(String[]::new));
  }

  private static List<String> droArguments(
      Optional<ResolvedConfig<RunConfig>> reference, Path output) {
    var additions =
        new ArrayList<>(List.of("stage=dro", argument("output", output.resolve("dro"))));
    reference.ifPresent(
        run -> additions.add(argument("dro.reference", run.config().output())));
    return additions;
  }

  private ResolvedConfig<RunConfig> finetune(String weighting, Path output) {
    return compose(finetuneArguments(weighting, output).toArray(String[]::new));
  }

  private static List<String> finetuneArguments(String weighting, Path output) {
    var weights = weighting.equals(UNIFORM)
        ? UNIFORM
        : new RunFolder(output.resolve("dro"))
            .weights()
            .resolve(weighting + "_weights.json")
            .toString();
    return List.of(
        "stage=finetune",
        argument("data.weights", weights),
        argument("output", output.resolve("finetune-" + weighting)));
  }

  /** Returns whether uniform fine-tuning would only repeat the reference run, which then is the baseline. */
  private static boolean isReference(
      String weighting, ResolvedConfig<RunConfig> finetune, ResolvedConfig<RunConfig> reference) {
    return weighting.equals(UNIFORM)
        && finetune.differences(reference).stream()
            .allMatch(difference -> difference.key().equals("stage"));
  }

  private ResolvedConfig<RunConfig> compose(String... additions) {
    return composer.composeForRun(all(additions));
  }

  private List<String> all(String... additions) {
    var all = new ArrayList<>(arguments);
    all.addAll(List.of(additions));
    return all;
  }

  /** Returns whether uniform fine-tuning would only repeat the reference run. */
  private boolean isReference(ResolvedConfig<RunConfig> reference) {
    return isReference(UNIFORM, finetune(UNIFORM, reference.config().output()), reference);
  }

  /** Notes the steps of the stages that are to come. */
  private void begin(
      RunConfig config, boolean trainsReference, boolean learns, boolean hasBaseline) {
    stages.clear();
    if (trainsReference) {
      stages.add(config.train().steps());
    }
    if (learns) {
      stages.add(composer
          .compose(all("stage=dro", argument("dro.reference", config.output())))
          .config()
          .train()
          .steps());
    }
    int steps =
        compose("stage=finetune", "data.weights=uniform").config().train().steps();
    config.pipeline().weightings().stream()
        .filter(weighting -> !(hasBaseline && weighting.equals(UNIFORM)))
        .forEach(weighting -> stages.add(steps));
    stageCount = stages.size();
  }

  /** Trains a stage and returns whether it is complete. */
  private boolean train(ResolvedConfig<RunConfig> stage) {
    var name = stage.config().output().getFileName();
    stages.remove();
    var part = new ProgressBar.Part(
        "stage %d/%d %s".formatted(stageCount - stages.size(), stageCount, name),
        stages.stream().mapToLong(Integer::longValue).sum());
    LOG.info("{}: {} steps", part.name(), stage.config().train().steps());
    var outcome =
        new StageTraining(stage, progress, meters).replacingOther().within(part).run();
    if (outcome == StageTraining.Outcome.UNCHANGED) {
      LOG.info("{}: complete and unchanged", name);
    }
    return outcome != StageTraining.Outcome.INTERRUPTED;
  }

  private Map<String, ModelEvaluation> evaluate(
      Map<String, Path> runs,
      RunEvaluation.Tests tests,
      RetrievalEvaluation evaluation,
      RunConfig config) {
    var session = config.device().session();
    var evaluations = new LinkedHashMap<String, ModelEvaluation>();
    runs.forEach((weighting, run) -> {
      LOG.info(
          "{}: evaluation on {} {}",
          weighting,
          tests.sets().size(),
          tests.sets().size() == 1 ? "set" : "sets");
      evaluations.put(
          weighting,
          RunEvaluation.of(
              run,
              tests,
              evaluation,
              session,
              texts -> new PhaseProgress(
                  progress, config.train().progress(), "evaluating", "texts", texts)));
    });
    return evaluations;
  }

  private static Map<String, Double> learned(Path output, String weighting) {
    var weights = new LinkedHashMap<String, Double>();
    WeightsFile.read(
            new RunFolder(output.resolve("dro")).weights().resolve(weighting + "_weights.json"))
        .domains()
        .forEach(domain -> weights.put(domain.name(), domain.weight()));
    return weights;
  }
}
