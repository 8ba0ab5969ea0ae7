package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.List;

/** Clock and processor times of one kind of step. */
public final class StepTimes {
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Double> wall = new ArrayList<>();
  private final List<Double> cpu = new ArrayList<>();

  /** Runs a step and notes what it took. */
  void measure(Runnable step) {
    long cpuBefore = ProcessUsage.cpuNanos();
    long before = System.nanoTime();
    step.run();
    wall.add((System.nanoTime() - before) / NANOS_PER_MILLI);
    cpu.add((ProcessUsage.cpuNanos() - cpuBefore) / NANOS_PER_MILLI);
  }

  /** Steps measured. */
  public int count() {
    return wall.size();
  }

  /** Median time in ms: what a step takes. */
  public double median() {
    return median(wall);
  }

  /** Shortest time in ms: what it would take on an idle machine. */
  public double minimum() {
    return wall.stream().mapToDouble(time -> time).min().orElseThrow();
  }

  /** Mean processor time in ms, summed over threads; the clock of it is too coarse for a median of short steps. */
  public double cpuMean() {
    return cpu.stream().mapToDouble(time -> time).average().orElseThrow();
  }

  /** The median of this over other, step by step: neighbours in time share what slows the machine. */
  double ratioTo(StepTimes other) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < wall.size(); i++) {
      ratios.add(wall.get(i) / other.wall.get(i));
    }
    return median(ratios);
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
