package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.function.Consumer;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.training.config.RunConfig;

/** A benchmark that takes many dro steps and watches the memory: what a step leaves open adds up. */
public final class MemoryBenchmark {
  private final Workload workload;
  private final int steps;
  private final int every;

  /**
   * Creates a benchmark of the model, batch and lengths of {@code config}; it reads no files.
   *
   * @param steps number of steps to take
   * @param every number of steps between two readings of the memory; at most half of {@code steps}
   */
  public MemoryBenchmark(RunConfig config, int steps, int every) {
    if (every < 1 || steps < 2 * every) {
      throw new IllegalArgumentException(
          "memory must be read at least twice, was every " + every + " of " + steps + " steps");
    }
    this.workload = new Workload(config, false);
    this.steps = steps;
    this.every = every;
  }

  /**
   * Takes the steps.
   *
   * @param watcher is told of every reading
   * @throws IllegalStateException if the system does not report resident memory
   */
  public MemoryReport run(Consumer<MemoryReport.Reading> watcher) {
    var readings = new ArrayList<MemoryReport.Reading>();
    var watch = new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step % every == 0) {
          var resident = ProcessUsage.residentMib()
              .orElseThrow(() -> new IllegalStateException("needs Linux: there is no /proc here"));
          readings.add(new MemoryReport.Reading(step, resident));
          watcher.accept(readings.get(readings.size() - 1));
        }
      }
    };
    try (var model = workload.droModel();
        var rows = workload.dataset()) {
      model.fit(rows, FitOptions.steps(steps).withCallbacks(watch));
    }
    return new MemoryReport(readings);
  }
}
