package org.tdro.training;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.callbacks.BackupAndRestore;
import org.tdro.keras.callbacks.CsvLogger;
import org.tdro.keras.callbacks.ModelCheckpoint;
import org.tdro.keras.callbacks.Monitor;
import org.tdro.keras.callbacks.NotFiniteException;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.keras.callbacks.TerminateOnNaN;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.BaseCheckpoint;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.contrastive.ContrastiveDataset;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.runs.GracefulShutdown;
import org.tdro.runs.Provenance;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.runs.Telemetry;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.TrainConfig;
import org.tensorflow.proto.ConfigProto;

/**
 * Training of one stage into a run's folder. Run again with the same configuration, it resumes where it stopped, and the result is, bit
 * for bit, that of an uninterrupted run.
 */
public final class StageTraining {
  private static final Logger LOG = LoggerFactory.getLogger(StageTraining.class);

  private final ResolvedConfig<RunConfig> resolved;
  private final RunConfig config;
  private final RunFolder run;
  private final PrintStream progress;
  private final MeterRegistry registry;
  private final List<Callback> further = new ArrayList<>();
  private boolean replacesOther;
  private boolean ownsMeters = true;
  private Optional<ProgressBar.Part> part = Optional.empty();

  /** The outcome of {@link #run}. */
  public enum Outcome {
    /** The stage, or the rest of it, was trained. */
    TRAINED,
    /** The stage was complete already. */
    UNCHANGED,
    /** The stage was stopped before its end, and saved. */
    INTERRUPTED
  }

  /** A stage that shows its progress on {@code progress} and its state in {@code registry}. */
  public StageTraining(
      ResolvedConfig<RunConfig> resolved, PrintStream progress, MeterRegistry registry) {
    this.resolved = resolved;
    this.config = resolved.config();
    this.run = new RunFolder(config.output());
    this.progress = progress;
    this.registry = registry;
  }

  /** Adds a callback, which is called after those that write the run's files. */
  public StageTraining with(Callback callback) {
    further.add(callback);
    return this;
  }

  /**
   * Replaces a run of another configuration or of other inputs instead of refusing to train: it is moved to {@code FOLDER.replaced},
   * or to {@code FOLDER.replaced-2} and so on where there are such already. Nothing is deleted.
   */
  public StageTraining replacingOther() {
    replacesOther = true;
    return this;
  }

  /** Trains the stage as a part of a pipeline, which shows its meters. */
  StageTraining within(ProgressBar.Part pipeline) {
    ownsMeters = false;
    part = Optional.of(pipeline);
    return this;
  }

  /**
   * Checks a stage as far as that takes neither data nor TensorFlow.
   *
   * @throws ConfigException listing what is wrong
   */
  public static void check(ResolvedConfig<RunConfig> resolved) {
    StageModel.checkAdapters(resolved);
    StageModel.checkLengths(resolved);
  }

  /**
   * Trains the stage, or the rest of it.
   *
   * @throws ConfigException if the folder holds a run of another configuration or of other inputs that is not to be replaced, or if a
   *     GPU is asked for that is not there
   * @throws ArithmeticException if the loss is not finite; the last checkpoint is kept
   */
  public Outcome run() {
    var session = config.device().session();
    check(resolved);
    try (var prepared = PreparedData.of(config)) {
      var found = StageInputs.of(resolved, prepared);
      var inputs = found.fingerprints();
      var differences = replacesOther ? differences(inputs) : List.<String>of();
      if (differences.isEmpty() && present(inputs).isPresent() && isComplete(run.path(), config)) {
        return Outcome.UNCHANGED;
      }
      // Everything is checked here, before the folder is made or another run moved.
      var plan = StagePlan.of(resolved, prepared);
      var development = development(prepared);
      var source = new StageBatches(resolved, prepared, plan);
      try (var dataset = source.dataset();
          var meters = ownsMeters
              ? RunMeters.open(resolved, registry)
              : new RunMeters(registry, Optional.empty());
          var model = new StageModel(resolved, prepared, plan).open(session)) {
        if (!differences.isEmpty()) {
          setAside(differences);
        }
        return FolderLock.whileHeld(run.path(), "training into", () -> {
          var present = present(inputs);
          if (present.isPresent() && isComplete(run.path(), config)) {
            return Outcome.UNCHANGED;
          }
          var record = present.filter(other -> !isGutted()).orElseGet(() -> begin(found, session));
          return train(
              new Parts(prepared, plan, source, development), dataset, model, record, meters);
        });
      }
    }
  }

  /** Returns how the run in the folder differs from this one; nothing if it does not, or there is none. */
  private List<String> differences(Map<String, String> inputs) {
    return RunRecord.read(run)
        .map(record -> record.differences(run, resolved, inputs, MixtureSampler.VERSION))
        .orElse(List.of());
  }

  private void setAside(List<String> differences) {
    FolderLock.whileHeld(run.path(), "training into", () -> {
      var aside = run.setAside();
      LOG.info(
          "{} holds another run: it is moved to {}, and this one is trained. What differs:\n{}",
          run.path(),
          aside,
          String.join("\n", differences));
      return aside;
    });
  }

  /** Returns the record of the run in the folder, if there is one; throws if it is another run. */
  private Optional<RunRecord> present(Map<String, String> inputs) {
    var differences = differences(inputs);
    if (!differences.isEmpty()) {
      var problems = new ArrayList<String>();
      problems.add(run.path()
          + " holds another run; name another output folder or remove this one. What differs:");
      problems.addAll(differences);
      throw new ConfigException(problems);
    }
    return RunRecord.read(run);
  }

  /** Returns the versions that a run of these session options would have if it began now. */
  public static Map<String, String> versions(ConfigProto session) {
    return RunRecord.versions(MixtureSampler.VERSION, session);
  }

  /**
   * Returns whether the run in a folder is complete, with its model and, of a stage that learns a mixture, the learned weights.
   *
   * @param config its configuration, whatever its output
   */
  public static boolean isComplete(Path folder, RunConfig config) {
    return RunRecord.hasEnded(folder) && missing(new RunFolder(folder), config).isEmpty();
  }

  /** Returns the folders of results that are not there. */
  private static List<Path> missing(RunFolder run, RunConfig config) {
    var results = new ArrayList<>(List.of(run.model()));
    config.learning().ifPresent(dro -> results.add(run.weights()));
    results.removeIf(Files::isDirectory);
    return results;
  }

  /** Returns whether the run was complete and results of it were deleted, so that it is trained from the beginning. */
  private boolean isGutted() {
    var missing = missing(run, config);
    boolean gutted = RunRecord.hasEnded(run.path()) && !missing.isEmpty();
    if (gutted) {
      var names = missing.stream().map(Path::toString).collect(Collectors.joining(" and "));
      LOG.warn("{} is trained again: it was complete, but {} was deleted", run.path(), names);
    }
    return gutted;
  }

  private RunRecord begin(StageInputs inputs, ConfigProto session) {
    config.model().path().ifPresent(folder -> {
      var taken = resolved.setBy(folder.toString());
      if (!taken.isEmpty()) {
        LOG.info("as published in {}:\n  {}", folder, String.join("\n  ", taken));
      }
    });
    var record = RunRecord.begun(
            config.stage().name().toLowerCase(Locale.ROOT),
            config.seed(),
            inputs.fingerprints(),
            versions(session))
        .withDomains(inputs.domains());
    AtomicWrite.file(run.config(), beside -> Files.writeString(beside, resolved.render()));
    record.write(run);
    return record;
  }

  /** The parts of a stage other than its model. */
  private record Parts(
      PreparedData prepared,
      StagePlan plan,
      StageBatches source,
      Optional<DevelopmentEvaluation> development) {}

  private Optional<DevelopmentEvaluation> development(PreparedData prepared) {
    return config.eval().hasDevelopment()
        ? Optional.of(new DevelopmentEvaluation(
            config, new EvaluationSets(resolved).dev(), prepared.tokenizer()))
        : Optional.empty();
  }

  private Outcome train(
      Parts parts,
      ContrastiveDataset dataset,
      ContrastiveModel model,
      RunRecord record,
      RunMeters meters) {
    long start = System.nanoTime();
    var trained = record;
    Provenance.resetPeakMemory();
    try (var interruption = new GracefulShutdown(model)) {
      model.compile(config.train().optimizer());
      model.traceUpdates(config.train().traceEvery());
      model.logGradientNorm(true);
      parts.source().noteUse();
      var best = best();
      var callbacks = callbacks(parts, telemetry(parts, dataset, meters), best);
      fit(parts, dataset, model, callbacks);
      parts.source().noteNegatives();
      if (!model.isTrainingFinished()) {
        LOG.warn(
            "{} after step {} of {} and saved; run the same command again to continue",
            interruption.happened() ? "interrupted" : "stopped",
            model.iterations(),
            config.train().steps());
        return Outcome.INTERRUPTED;
      }
      // The learned weights are those of the whole training, whichever model is kept.
      parts
          .plan()
          .learned()
          .ifPresent(learned -> learned.write(model.session(), parts.prepared(), run.weights()));
      if (best.isPresent() && best.get().bestStep() > 0) {
        model.load(best.get().best());
        trained = record.keeping(best.get().bestStep());
        LOG.info(
            "kept the model of step {}, the best on the development queries", trained.modelStep());
      }
      write(parts, model);
    }
    trained.completed((System.nanoTime() - start) * 1e-9).write(run);
    try {
      AtomicWrite.delete(run.backup());
    } catch (IOException e) {
      throw FileException.deleting(run.backup(), e);
    }
    return Outcome.TRAINED;
  }

  private void fit(
      Parts parts, ContrastiveDataset dataset, ContrastiveModel model, List<Callback> callbacks) {
    try {
      var options = FitOptions.steps(config.train().steps()).withCallbacks(callbacks);
      model.fit(dataset, parts.development().map(options::evaluatedBy).orElse(options));
    } catch (NotFiniteException e) {
      var domains = parts.prepared().domainNames();
      var culprits = e.elements().stream().map(domains::get).collect(Collectors.joining(", "));
      var message =
          "the loss of step %d is %s%s; the last checkpoint before it is kept. Try a lower train.learning-rate, a higher loss.temperature or train.max-grad-norm=1"
              .formatted(
                  e.step(), e.value(), culprits.isEmpty() ? "" : ", from domain " + culprits);
      throw new ArithmeticException(message);
    }
  }

  /** Returns what saves the best model, if that one is kept. */
  private Optional<ModelCheckpoint> best() {
    return config.train().keep() == TrainConfig.Keep.BEST
        ? Optional.of(new ModelCheckpoint(run.backup())
            .saveBestOnly(
                Monitor.max(DevelopmentEvaluation.mean(config.eval().measure()).name())))
        : Optional.empty();
  }

  private Telemetry telemetry(Parts parts, ContrastiveDataset dataset, RunMeters meters) {
    return new Telemetry(
            meters.registry(),
            run.path().getFileName().toString(),
            run.metrics(),
            parts.prepared().domainNames(),
            config.train().logEvery())
        .gaugeByDomain("tdro.domain.loss", ContrastiveModel.DOMAIN_LOSS)
        .gaugeByDomain("tdro.domain.reference.loss", ContrastiveModel.DOMAIN_REFERENCE_LOSS)
        .gaugeByDomain("tdro.domain.weight", MixtureLearner.WEIGHT)
        .count("tdro.tokens", dataset::tokens)
        .gauge("tdro.batches.waiting", dataset::waiting);
  }

  private List<Callback> callbacks(
      Parts parts, Telemetry telemetry, Optional<ModelCheckpoint> best) {
    var train = config.train();
    var callbacks = new ArrayList<Callback>();
    callbacks.add(new TerminateOnNaN().locatedBy(ContrastiveModel.DOMAIN_LOSS));
    callbacks.add(new BackupAndRestore(run.backup(), train.saveEvery()).keepWhenFinished());
    best.ifPresent(callbacks::add);
    callbacks.add(CsvLogger.ofSteps(run.log()).withTimings());
    callbacks.add(telemetry);
    if (train.tensorboard()) {
      callbacks.add(new StageTensorBoard(resolved, parts.prepared().domainNames()).callback(run));
    }
    callbacks.addAll(parts.plan().callbacks());
    var bar = new ProgressBar(progress, train.progress())
        .everySteps(Math.max(train.logEvery(), train.steps() / 20));
    part.ifPresent(bar::partOf);
    callbacks.add(bar);
    callbacks.addAll(further);
    return callbacks;
  }

  /** Returns the checkpoint whose weights adapters leave unchanged; null if all weights are trained. */
  private BaseCheckpoint base(ContrastiveModel model) {
    return model.spec().lora().adapts()
        ? BaseCheckpoint.of(PublishedFolder.open(config.model().path().orElseThrow()))
        : null;
  }

  private void write(Parts parts, ContrastiveModel model) {
    var data = config.data();
    new RetrieverFolder(run.model())
        .write(
            RetrieverSettings.builder(model.spec().normalized(config.model().normalize()))
                .lengths(data.queryLength(), data.passageLength())
                .prompts(data.everyPrompt())
                .matryoshkaDimensions(config.loss().matryoshka().dimensions())
                .base(base(model))
                .similarity(config.model().similarity())
                .build(),
            parts.prepared().tokenizer().file(),
            model);
  }
}
