package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one training loop: every stage of every model goes through it. */
final class FitLoop {
  private final Model model;
  private final Dataset dataset;
  private final FitOptions options;
  private final int microBatches;
  private final long stepsPerEpoch;
  private final History history = new History();

  FitLoop(Model model, Dataset dataset, FitOptions options) {
    this.model = model;
    this.dataset = dataset;
    this.options = options;
    this.microBatches = model.optimizer().gradientAccumulationSteps();
    this.stepsPerEpoch = options
        .stepsPerEpoch()
        .orElseGet(() -> dataset
                .batchesPerEpoch()
                .orElseThrow(() ->
                    new IllegalArgumentException("give steps per epoch: the dataset has no length"))
            / microBatches);
    if (stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "an epoch of the dataset has fewer than " + microBatches + " batches");
    }
  }

  History run() {
    var program = model.training();
    model.resetStop();
    var last = new Logs(Map.of(), Map.of());
    try {
      options.callbacks().forEach(callback -> callback.onTrainBegin(model, options));
      long end = options.epochs() * stepsPerEpoch;
      while (model.iterations() < end && !model.stopped()) {
        last = epoch(program, model.iterations() / stepsPerEpoch);
      }
      var logs = last;
      options.callbacks().forEach(callback -> callback.onTrainEnd(model, logs));
    } catch (RuntimeException failure) {
      options.callbacks().forEach(callback -> callback.onTrainFailed(model, failure));
      throw failure;
    }
    return history;
  }

  private Logs epoch(TrainingProgram program, long epoch) {
    options.callbacks().forEach(callback -> callback.onEpochBegin(model, epoch));
    var means = new RunningMeans();
    var logs = new Logs(Map.of(), Map.of());
    while (model.iterations() < (epoch + 1) * stepsPerEpoch && !model.stopped()) {
      logs = step(program);
      means.add(logs);
    }
    if (model.iterations() < (epoch + 1) * stepsPerEpoch) {
      return logs;
    }
    logs = new Logs(means.values(), logs.vectors());
    if (options.validation().isPresent()) {
      var validation = new LinkedHashMap<String, Double>();
      model
          .evaluate(options.validation().get())
          .scalars()
          .forEach((name, value) -> validation.put("val_" + name, value));
      logs = logs.with(validation);
    }
    history.add(logs);
    var ended = logs;
    options.callbacks().forEach(callback -> callback.onEpochEnd(model, epoch, ended));
    return logs;
  }

  private Logs step(TrainingProgram program) {
    long step = model.iterations() + 1;
    options.callbacks().forEach(callback -> callback.onTrainBatchBegin(model, step));
    double rate = model.optimizer().learningRate().rate(step - 1);
    var means = new RunningMeans();
    Logs logs = null;
    long waited = 0;
    long computed = 0;
    long rows = 0;
    for (int micro = 0; micro < microBatches; micro++) {
      long start = System.nanoTime();
      try (var batch = dataset.batch((step - 1) * microBatches + micro)) {
        long ready = System.nanoTime();
        logs = program.run(batch, micro, microBatches);
        waited += ready - start;
        computed += System.nanoTime() - ready;
        rows += batch.rows();
      }
      means.add(logs);
    }
    model.iterations(step);
    var phases = new LinkedHashMap<>(means.values());
    phases.put("learning_rate", rate);
    phases.put("rows", (double) rows);
    phases.put("input_seconds", waited * 1e-9);
    phases.put("step_seconds", computed * 1e-9);
    var result = new Logs(phases, logs.vectors());
    options.callbacks().forEach(callback -> callback.onTrainBatchEnd(model, step, result));
    return result;
  }

  /** Plain means of the scalars of several logs. */
  private static final class RunningMeans {
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private long count;

    void add(Logs logs) {
      logs.scalars().forEach((name, value) -> sums.merge(name, value, Double::sum));
      count++;
    }

    Map<String, Double> values() {
      var means = new LinkedHashMap<String, Double>();
      sums.forEach((name, sum) -> means.put(name, sum / count));
      return means;
    }
  }
}
