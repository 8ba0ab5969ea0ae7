package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.List;
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
    this.workload = Workload.fixed(config);
    this.steps = steps;
    this.every = every;
  }

  /**
   * Takes the steps.
   *
   * @param watcher is told of every reading
   * @throws IllegalStateException if the system does not report resident memory
   */
  public Report run(Consumer<Reading> watcher) {
    var readings = new ArrayList<Reading>();
    var watch = new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step % every == 0) {
          var resident = ProcessUsage.residentMib()
              .orElseThrow(() -> new IllegalStateException(
                  "resident memory is read from /proc, which this system lacks"));
          readings.add(new Reading(step, resident));
          watcher.accept(readings.get(readings.size() - 1));
        }
      }
    };
    try (var model = workload.droModel();
        var rows = workload.dataset()) {
      model.fit(rows, FitOptions.steps(steps).withCallbacks(watch));
    }
    return new Report(readings);
  }

  /** The memory after a number of steps, in MiB. */
  public record Reading(long step, double residentMib) {}

  /** Resident memory over many steps. */
  public record Report(List<Reading> readings) {

    public Report {
      readings = List.copyOf(readings);
      if (readings.size() < 2) {
        throw new IllegalArgumentException("growth needs at least two readings");
      }
    }

    /** Returns the slope of the least-squares line through the second half of the readings, in bytes a step. */
    public double growthBytesPerStep() {
      var settled = readings.subList((readings.size() - 1) / 2, readings.size());
      double meanStep = settled.stream().mapToDouble(Reading::step).average().orElseThrow();
      double meanMib =
          settled.stream().mapToDouble(Reading::residentMib).average().orElseThrow();
      double products = 0;
      double squares = 0;
      for (var reading : settled) {
        products += (reading.step() - meanStep) * (reading.residentMib() - meanMib);
        squares += (reading.step() - meanStep) * (reading.step() - meanStep);
      }
      return products / squares * 1024 * 1024;
    }
  }
}
