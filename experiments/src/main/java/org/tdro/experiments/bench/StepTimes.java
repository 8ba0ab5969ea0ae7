package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Clock and processor times of one kind of step. */
public final class StepTimes {
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Double> wall = new ArrayList<>();
  private final List<Double> cpu = new ArrayList<>();

  /**
   * Measures tasks in turn, so that a change of the machine's load affects all alike.
   *
   * @param rounds how often each is run
   */
  public static <K> Map<K, StepTimes> inTurn(Map<K, Runnable> tasks, int rounds) {
    var times = new LinkedHashMap<K, StepTimes>();
    tasks.keySet().forEach(task -> times.put(task, new StepTimes()));
    for (int round = 0; round < rounds; round++) {
      tasks.forEach((name, task) -> times.get(name).measure(task));
    }
    return times;
  }

  /** Runs a step and records its times. */
  void measure(Runnable step) {
    long cpuBefore = ProcessUsage.cpuNanos();
    long before = System.nanoTime();
    step.run();
    wall.add((System.nanoTime() - before) / NANOS_PER_MILLI);
    cpu.add((ProcessUsage.cpuNanos() - cpuBefore) / NANOS_PER_MILLI);
  }

  /** Returns the number of measured steps. */
  public int count() {
    return wall.size();
  }

  /** Returns the median time in ms: what a step takes. */
  public double median() {
    return median(wall);
  }

  /** Returns the shortest time in ms: what a step would take on an idle machine. */
  public double minimum() {
    return wall.stream().mapToDouble(time -> time).min().orElseThrow();
  }

  /** Returns the mean processor time in ms, summed over threads; its clock is too coarse for a median of short steps. */
  public double cpuMean() {
    return cpu.stream().mapToDouble(time -> time).average().orElseThrow();
  }

  /** Returns the median of this over other, step by step: whatever slows the machine affects neighbouring steps alike. */
  public double ratioTo(StepTimes other) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < wall.size(); i++) {
      ratios.add(wall.get(i) / other.wall.get(i));
    }
    return median(ratios);
  }

  /** Returns the median of what steps read or compute in a ms, given how much each of them does. */
  double rate(LongStream amounts) {
    var all = amounts.toArray();
    var rates = new ArrayList<Double>();
    for (int i = 0; i < wall.size(); i++) {
      rates.add(all[i] / wall.get(i));
    }
    return median(rates);
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
