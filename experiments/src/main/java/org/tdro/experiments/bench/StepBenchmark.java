package org.tdro.experiments.bench;

import java.util.List;
import org.tdro.config.TdroConfig;
import org.tdro.keras.Callback;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/** Measures forward passes, plain steps and dro steps in turn, so that whatever slows the machine hits all alike. */
public final class StepBenchmark {
  private final Workload workload;
  private final int steps;
  private final int warmup;

  /**
   * A benchmark of the model, batch and lengths of {@code config}; it reads no files.
   *
   * @param steps to measure of each kind
   * @param warmup steps of each kind before that
   */
  public StepBenchmark(TdroConfig config, int steps, int warmup) {
    if (steps < 1 || warmup < 0) {
      throw new IllegalArgumentException(
          "steps must be at least 1 and warm-up at least 0, were " + steps + " and " + warmup);
    }
    this.workload = new Workload(config);
    this.steps = steps;
    this.warmup = warmup;
  }

  /** Measures. */
  public StepReport run() {
    try (var plain = workload.plainModel();
        var dro = workload.droModel();
        var weightUpdate = workload.weightUpdate();
        var plainRows = workload.dataset();
        var droRows = workload.dataset()) {
      var kinds = List.<Runnable>of(
          new ForwardPass(plain, workload.texts())::run,
          () -> fit(plain, plainRows, 1),
          () -> fit(dro, droRows, 1),
          weightUpdate::run);
      measure(kinds, warmup);
      var before = ProcessUsage.residentMib();
      var times = measure(kinds, steps);
      double waiting = inputWaitShare(plain, plainRows);
      return new StepReport(
          times.get(0),
          times.get(1),
          times.get(2),
          times.get(3),
          workload.tokens(),
          workload.forwardFlops(),
          waiting,
          before,
          ProcessUsage.residentMib(),
          ProcessUsage.load());
    }
  }

  /** Each kind {@code rounds} times, in turn. */
  private static List<StepTimes> measure(List<Runnable> kinds, int rounds) {
    var times = kinds.stream().map(kind -> new StepTimes()).toList();
    for (int round = 0; round < rounds; round++) {
      for (int kind = 0; kind < kinds.size(); kind++) {
        times.get(kind).measure(kinds.get(kind));
      }
    }
    return times;
  }

  /** Plain steps one after the other, without the pauses that let the input run ahead. */
  private double inputWaitShare(Model model, Dataset rows) {
    var wait = new InputWait();
    fit(model, rows, steps, wait);
    return wait.waited / wait.all;
  }

  private static void fit(Model model, Dataset rows, int steps, Callback... callbacks) {
    var options = FitOptions.epochs(model.iterations() + steps).withStepsPerEpoch(1);
    model.fit(rows, options.withCallbacks(callbacks));
  }

  /** Sums of what every step reports, in seconds. */
  private static final class InputWait implements Callback {
    private double waited;
    private double all;

    @Override
    public void onTrainBatchEnd(Model model, long step, Logs logs) {
      waited += logs.scalar("input_seconds");
      all += logs.scalar("input_seconds") + logs.scalar("step_seconds");
    }
  }
}
