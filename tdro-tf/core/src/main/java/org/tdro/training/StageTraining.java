package org.tdro.training;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.callbacks.BackupAndRestore;
import org.tdro.keras.callbacks.CsvLogger;
import org.tdro.keras.callbacks.NotFiniteException;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.keras.callbacks.TerminateOnNaN;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.BaseCheckpoint;
import org.tdro.retriever.ContrastiveDataset;
import org.tdro.retriever.ContrastiveModel;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.runs.GracefulShutdown;
import org.tdro.runs.Provenance;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.runs.Telemetry;
import org.tdro.text.Prompts;
import org.tdro.training.config.RunConfig;

/**
 * Trains one stage into a run's folder. Run again with the same configuration it goes on where it was stopped, and the
 * result is the same, bit for bit, as that of a run that was not.
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

  /** What became of a stage. */
  public enum Outcome {
    /** It was trained, or what was left of it. */
    TRAINED,
    /** It was complete already. */
    UNCHANGED,
    /** It was stopped before its end and saved. */
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

  /** Lets {@code callback} watch the training, too, after those that write the run's files. */
  public StageTraining with(Callback callback) {
    further.add(callback);
    return this;
  }

  /**
   * Lets the run of another configuration or of other inputs give way, instead of refusing to train: it is moved to {@code
   * FOLDER.replaced}, where it stays until the next one.
   */
  public StageTraining replacingOther() {
    replacesOther = true;
    return this;
  }

  /**
   * Trains what is left of the stage.
   *
   * @throws ConfigException if the folder holds a run of another configuration or of other inputs and that is not to be
   *     replaced, or if a GPU is asked for that is not there
   * @throws ArithmeticException if the loss is no number; the last checkpoint stands
   */
  public Outcome run() {
    var session = config.device().session();
    try (var prepared = PreparedData.of(config)) {
      var inputs = StageInputs.fingerprints(resolved, prepared);
      var other = replacesOther ? other(inputs) : Optional.<ConfigException>empty();
      if (other.isEmpty() && isComplete(present(inputs))) {
        return Outcome.UNCHANGED;
      }
      // Whatever is wrong shows here, before the folder is made or another run moved.
      var plan = StagePlan.of(resolved, prepared);
      var source = new StageBatches(resolved, prepared, plan);
      try (var dataset = source.dataset();
          var model = new StageModel(resolved, prepared, plan).open(session)) {
        other.ifPresent(this::setAside);
        return FolderLock.whileHeld(run.path(), "training into", () -> {
          var record = present(inputs).orElseGet(() -> begin(inputs));
          return isComplete(Optional.of(record))
              ? Outcome.UNCHANGED
              : train(new Parts(prepared, plan, source), dataset, model, record);
        });
      }
    }
  }

  /** In what the folder's run is another one, if it is. */
  private Optional<ConfigException> other(Map<String, String> inputs) {
    try {
      present(inputs);
      return Optional.empty();
    } catch (ConfigException e) {
      return Optional.of(e);
    }
  }

  private void setAside(ConfigException other) {
    var aside = run.path().resolveSibling(run.path().getFileName() + ".replaced");
    LOG.info("{}\nit is moved to {} and trained anew", other.getMessage(), aside);
    FolderLock.whileHeld(run.path(), "training into", () -> {
      try {
        AtomicWrite.delete(aside);
        return Files.move(run.path(), aside);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot move " + run.path() + " to " + aside, e);
      }
    });
  }

  /** The record of the run in the folder, if there is one. */
  private Optional<RunRecord> present(Map<String, String> inputs) {
    var present = RunRecord.read(run);
    present.ifPresent(record -> record.requireSame(run, resolved, inputs));
    return present;
  }

  private static boolean isComplete(Optional<RunRecord> record) {
    return record.filter(run -> run.status() == RunRecord.Status.COMPLETE).isPresent();
  }

  private RunRecord begin(Map<String, String> inputs) {
    var record = new RunRecord(
        RunRecord.Status.STARTED,
        config.stage().name().toLowerCase(java.util.Locale.ROOT),
        config.seed(),
        inputs,
        Provenance.versions(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        null,
        null);
    AtomicWrite.file(run.config(), beside -> Files.writeString(beside, resolved.render()));
    record.write(run);
    return record;
  }

  /** What a stage trains with, besides its model. */
  private record Parts(PreparedData prepared, StagePlan plan, StageBatches source) {}

  private Outcome train(
      Parts parts, ContrastiveDataset dataset, ContrastiveModel model, RunRecord record) {
    long start = System.nanoTime();
    Provenance.resetPeakMemory();
    try (var interruption = new GracefulShutdown(model)) {
      model.compile(config.train().optimizer());
      fit(parts, dataset, model);
      parts.source().noteReusedNegatives();
      if (!model.isTrainingFinished()) {
        LOG.warn(
            "{} after step {} of {} and saved; run the same command again to go on",
            interruption.happened() ? "interrupted" : "stopped",
            model.iterations(),
            config.train().steps());
        return Outcome.INTERRUPTED;
      }
      write(parts, model);
    }
    record.completed((System.nanoTime() - start) * 1e-9).write(run);
    try {
      AtomicWrite.delete(run.backup());
    } catch (IOException e) {
      throw FileException.deleting(run.backup(), e);
    }
    return Outcome.TRAINED;
  }

  private void fit(Parts parts, ContrastiveDataset dataset, ContrastiveModel model) {
    try {
      model.fit(dataset, FitOptions.steps(config.train().steps()).withCallbacks(callbacks(parts)));
    } catch (NotFiniteException e) {
      var domains = parts.prepared().domainNames();
      var culprits = e.elements().stream().map(domains::get).collect(Collectors.joining(", "));
      var message =
          "the loss of step %d is %s%s; the last checkpoint before it stands. Try a lower train.learning-rate, a higher loss.temperature or train.max-grad-norm=1"
              .formatted(
                  e.step(), e.value(), culprits.isEmpty() ? "" : ", from domain " + culprits);
      throw new ArithmeticException(message);
    }
  }

  private List<Callback> callbacks(Parts parts) {
    var train = config.train();
    var domains = parts.prepared().domainNames();
    var callbacks = new ArrayList<Callback>();
    callbacks.add(new TerminateOnNaN().locatedBy(ContrastiveModel.DOMAIN_LOSS));
    callbacks.add(new BackupAndRestore(run.backup(), train.saveEvery()).keepWhenFinished());
    callbacks.add(CsvLogger.ofSteps(run.log()).withTimings());
    callbacks.add(new Telemetry(
            registry, run.path().getFileName().toString(), run.metrics(), domains, train.logEvery())
        .gaugeByDomain("tdro.domain.loss", ContrastiveModel.DOMAIN_LOSS)
        .gaugeByDomain("tdro.domain.weight", MixtureLearner.WEIGHT));
    callbacks.addAll(parts.plan().callbacks());
    callbacks.add(new ProgressBar(progress, train.progress())
        .everySteps(Math.max(train.logEvery(), train.steps() / 20)));
    callbacks.addAll(further);
    return callbacks;
  }

  /** Where the weights stand that adapters leave alone; null where all are trained. */
  private BaseCheckpoint base(ContrastiveModel model) {
    return model.spec().lora().adapts()
        ? BaseCheckpoint.of(PublishedFolder.open(config.model().path().orElseThrow()))
        : null;
  }

  private void write(Parts parts, ContrastiveModel model) {
    parts
        .plan()
        .learned()
        .ifPresent(learned -> learned.write(model.session(), parts.prepared(), run.weights()));
    var data = config.data();
    new RetrieverFolder(run.model())
        .write(
            RetrieverSettings.builder(model.spec())
                .lengths(data.queryLength(), data.passageLength())
                .prompts(Prompts.of(data.prompts()))
                .matryoshkaDimensions(config.loss().matryoshka().dimensions())
                .base(base(model))
                .build(),
            parts.prepared().tokenizer().file(),
            model);
  }
}
