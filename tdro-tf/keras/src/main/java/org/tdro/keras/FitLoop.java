package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one training loop: every stage of every model goes through it. */
final class FitLoop {
  private static final Logs NO_LOGS = new Logs(Map.of(), Map.of());

  private static final Logger LOG = LoggerFactory.getLogger(FitLoop.class);

  private final Model model;
  private final Dataset dataset;
  private final FitOptions options;
  private final int microBatches;
  private final long stepsPerEpoch;
  private final TrainingState state;
  private final History history = new History();

  FitLoop(Model model, Dataset dataset, FitOptions options) {
    this.model = model;
    this.dataset = dataset;
    this.microBatches = model.optimizer().gradientAccumulationSteps();
    this.stepsPerEpoch = options.stepsPerEpoch().orElseGet(() -> wholeUpdates(dataset));
    this.options = options.withStepsPerEpoch(stepsPerEpoch);
    this.state = model.state();
  }

  private long wholeUpdates(Dataset dataset) {
    long batches = dataset
        .batchesPerEpoch()
        .orElseThrow(
            () -> new IllegalArgumentException("give steps per epoch: the dataset has no length"));
    if (batches < microBatches) {
      throw new IllegalArgumentException("an epoch of the dataset has " + batches
          + " batches, fewer than the " + microBatches + " of one update");
    }
    return batches / microBatches;
  }

  History run() {
    var program = model.training();
    var logs = NO_LOGS;
    try {
      state.begin();
      tell(callback -> callback.onRestore(model));
      state.watch(options.callbacks());
      tell(callback -> callback.onTrainBegin(model, options));
      if (state.iterations() >= lastStep()) {
        LOG.warn(
            "nothing is left to train: the model has done {} updates, and {} in all were asked for",
            state.iterations(),
            lastStep());
      }
      while (state.iterations() < lastStep() && !model.stopped()) {
        logs = epoch(program, state.iterations() / stepsPerEpoch);
      }
      if (state.iterations() >= lastStep()) {
        model.finishTraining();
      }
      var last = logs;
      tell(callback -> callback.onTrainEnd(model, last));
    } catch (RuntimeException failure) {
      tellFailed(failure);
      throw failure;
    } finally {
      state.unwatch();
    }
    return history;
  }

  private long lastStep() {
    return Math.multiplyExact(options.epochs(), stepsPerEpoch);
  }

  /** The steps that are left of an epoch: fewer than all if training resumes within it or is stopped. */
  private Logs epoch(TrainingProgram program, long epoch) {
    long end = (epoch + 1) * stepsPerEpoch;
    // Means that were saved with the model are those of this epoch only if they cover its steps
    // since the model was compiled.
    long first = Math.max(epoch * stepsPerEpoch, state.compiledAt());
    if (state.means().steps() != state.iterations() - first) {
      state.means().clear();
    }
    tell(callback -> callback.onEpochBegin(model, epoch));
    var logs = NO_LOGS;
    while (state.iterations() < end && !model.stopped()) {
      logs = step(program);
      if (state.iterations() == end) {
        logs = endEpoch(epoch, logs);
      }
      tell(callback -> callback.onCheckpoint(model, state.iterations()));
    }
    return logs;
  }

  private Logs endEpoch(long epoch, Logs lastStep) {
    var logs = new LinkedHashMap<>(state.means().values());
    // As in Keras, the rate that is in force, not a mean.
    logs.put(Logs.LEARNING_RATE.name(), lastStep.get(Logs.LEARNING_RATE));
    for (var key : options.evaluationKeys()) {
      lastStep.find(key).ifPresent(value -> logs.put(key.name(), value));
    }
    options
        .validation()
        .ifPresent(dataset -> model
            .evaluate(dataset)
            .scalars()
            .forEach((name, value) -> logs.put("val_" + name, value)));
    var ended = new Logs(logs, lastStep.vectors(), state.means().timings());
    history.add(ended);
    tell(callback -> callback.onEpochEnd(model, epoch, ended));
    state.means().clear();
    return ended;
  }

  private Logs step(TrainingProgram program) {
    long step = state.iterations() + 1;
    tell(callback -> callback.onTrainBatchBegin(model, step));
    double rate = model.optimizer().learningRate().rate(model.updates(model.optimizer()));
    var means = new EpochMeans();
    var vectors = NO_LOGS.vectors();
    long waited = 0;
    long computed = 0;
    long rows = 0;
    for (int micro = 0; micro < microBatches; micro++) {
      long start = System.nanoTime();
      try (var batch = dataset.batch((step - 1) * microBatches + micro)) {
        model.compiled().checkLabels(batch);
        long ready = System.nanoTime();
        var logs = program.run(batch, micro, microBatches);
        waited += ready - start;
        computed += System.nanoTime() - ready;
        rows += batch.rows();
        means.add(logs);
        vectors = logs.vectors();
      }
    }
    state.iterations(step);
    var scalars = new LinkedHashMap<>(means.values());
    scalars.put(Logs.LEARNING_RATE.name(), rate);
    var timings = new Timings(rows, waited * 1e-9, computed * 1e-9, program.updateSeconds());
    var trained = new Logs(scalars, vectors, timings);
    state.means().add(trained);
    var result = evaluated(step, trained);
    tell(callback -> callback.onTrainBatchEnd(model, step, result));
    return result;
  }

  /** Returns the logs of a step with what is measured after it, if anything is. */
  private Logs evaluated(long step, Logs trained) {
    var due = options
        .evaluation()
        .filter(evaluation -> step % evaluation.everySteps() == 0 || step == lastStep());
    if (due.isEmpty()) {
      return trained;
    }
    var scalars = new LinkedHashMap<>(trained.scalars());
    due.get().evaluate(model).forEach((key, value) -> scalars.put(key.name(), value));
    return new Logs(scalars, trained.vectors(), trained.timings());
  }

  private void tell(Consumer<Callback> hook) {
    options.callbacks().forEach(hook);
  }

  /** Tells every callback of a failure, even when one of them fails again. */
  private void tellFailed(RuntimeException failure) {
    for (var callback : options.callbacks()) {
      try {
        callback.onTrainFailed(model, failure);
      } catch (RuntimeException further) {
        failure.addSuppressed(further);
      }
    }
  }
}
