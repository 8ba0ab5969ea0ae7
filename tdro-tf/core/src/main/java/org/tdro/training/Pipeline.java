package org.tdro.training;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
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

  private final ConfigComposer<RunConfig> composer;
  private final List<String> arguments;
  private final PrintStream progress;
  private final MeterRegistry registry;
  private final WeightsSweep sweep;
  private final Deque<Integer> stages = new ArrayDeque<>();
  private int stageCount;
  private MeterRegistry meters;

  /**
   * A pipeline of the configuration that {@code arguments} describe.
   *
   * @param progress the stream on which training shows its progress
   * @param sweep trains the short runs of searches
   */
  public Pipeline(
      ConfigComposer<RunConfig> composer,
      List<String> arguments,
      PrintStream progress,
      MeterRegistry registry,
      WeightsSweep sweep) {
    this.composer = composer;
    this.arguments = List.copyOf(arguments);
    this.progress = progress;
    this.registry = registry;
    this.sweep = sweep;
  }

  /**
   * Runs the stages that are not complete, and the evaluation.
   *
   * @return the results; empty if it was interrupted, in which case another run continues
   * @throws ConfigException listing everything that is wrong, before the first step
   */
  public Optional<PipelineReport> run() {
    var plan = new PipelinePlan(composer, arguments);
    plan.checkInputs();
    try (var opened = RunMeters.open(plan.base(), registry)) {
      meters = opened.registry();
      return run(plan);
    }
  }

  private Optional<PipelineReport> run(PipelinePlan plan) {
    var config = plan.base().config();
    var sets = new EvaluationSets(plan.base());
    sets.dev();
    var tested = sets.tests();
    var tests = new RunEvaluation.Tests(
        tested, config.prompts(tested), EvaluationSets.cache(config.data()));
    var evaluation = new RetrievalEvaluation(
        config.eval().topK(), Measure.parse(config.eval().measures()));

    boolean taken = false;
    for (var reference : plan.references()) {
      if (reference.given()) {
        checkReference(composer.composeForRun(reference.stage().arguments()));
        taken = true;
      }
    }
    if (config.dro().reference().isPresent() && !taken) {
      LOG.warn("dro.reference is not used: nothing is compared with its losses");
    }
    begin(plan);
    for (var reference : plan.references()) {
      if (!reference.given() && !train(reference.stage())) {
        return Optional.empty();
      }
    }
    for (var learning : plan.learnings()) {
      if (!train(learning.stage())) {
        return Optional.empty();
      }
    }
    if (plan.audit().isPresent() && !audit(plan.audit().get())) {
      return Optional.empty();
    }
    var found = new EnumMap<MixtureSearch.Method, MixtureSearch.Found>(MixtureSearch.Method.class);
    for (var search : plan.searches().entrySet()) {
      LOG.info("search {}: short runs in {}", search.getKey().word(), search.getValue());
      var result =
          new MixtureSearch(composer, arguments, sweep).run(search.getKey(), search.getValue());
      if (result.isEmpty()) {
        return Optional.empty();
      }
      found.put(search.getKey(), result.get());
    }
    var runs = new LinkedHashMap<String, Path>();
    for (var weighting : plan.weightings()) {
      var stage = plan.finetuning(weighting);
      if (stage.isPresent() && !plan.isReference(stage.get()) && !train(stage.get())) {
        return Optional.empty();
      }
      runs.put(
          weighting.text(),
          stage
              .map(PipelinePlan.Stage::run)
              .orElseGet(() -> found.get(MixtureSearch.Method.MERGE).model().orElseThrow()));
    }
    var report = new PipelineReport(
        evaluation.measures().stream().map(Measure::name).toList(),
        evaluate(runs, tests, evaluation, config),
        config.eval().bm25()
            ? Optional.of(Bm25Baseline.of(tests.sets(), evaluation, tests.cache()))
            : Optional.empty(),
        runs,
        MixtureUse.of(plan, found),
        sets.missing());
    report.write(config.output());
    return Optional.of(report);
  }

  /** Returns the folder of the audit in that of a pipeline. */
  public static Path audit(Path pipeline) {
    return pipeline.resolve("audit");
  }

  /** Audits the domains and returns whether that is complete. */
  private boolean audit(PipelinePlan.Audit audit) {
    if (audit.own() && !(train(audit.first()) && train(audit.second()))) {
      return false;
    }
    var report =
        new MixtureAudit(audit.first().run(), audit.second().run(), progress).write(audit.folder());
    LOG.info("audit: {}; see {}", report.summary(), audit.folder().resolve("audit.md"));
    return true;
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
  public static Outline outline(ConfigComposer<RunConfig> composer, List<String> arguments) {
    var plan = new PipelinePlan(composer, arguments);
    plan.references().stream()
        .filter(PipelinePlan.Reference::given)
        .forEach(reference -> complete(reference.stage().planned()));
    var stages = plan.stages().stream().map(PipelinePlan.Stage::planned).toList();
    stages.forEach(StageTraining::check);
    return new Outline(
        plan.base(), stages, plan.shareable().map(PipelinePlan.Reference::arguments));
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

  /** Notes the steps of the stages that are to come. */
  private void begin(PipelinePlan plan) {
    stages.clear();
    plan.stages().forEach(stage -> stages.add(stage.steps()));
    stageCount = stages.size();
  }

  /** Trains a stage and returns whether it is complete. */
  private boolean train(PipelinePlan.Stage planned) {
    var stage = composer.composeForRun(planned.arguments());
    var name = planned.run().getFileName();
    stages.remove();
    var part = new ProgressBar.Part(
        "stage %d/%d %s".formatted(stageCount - stages.size(), stageCount, name),
        stages.stream().mapToLong(Integer::longValue).sum());
    LOG.info("{}: {} steps", part.name(), planned.steps());
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
}
