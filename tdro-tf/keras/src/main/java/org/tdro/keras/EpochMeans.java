package org.tdro.keras;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The logs of an epoch: metrics exactly, and means of the scalars of its steps over their rows, each over the steps that have it.
 */
final class EpochMeans {
  private record Sum(double sum, long count) {
    Sum plus(Sum other) {
      return new Sum(sum + other.sum, count + other.count);
    }
  }

  private final Map<String, Sum> sums = new LinkedHashMap<>();
  /** Metrics of which a batch was seen, by name; sums may be there before, from a saved state. */
  private final Map<String, Metric> metrics = new LinkedHashMap<>();

  private final Map<String, double[]> metricSums = new LinkedHashMap<>();
  private Timings timings = Timings.NONE;
  private long steps;

  /** Adds a step, or a micro-batch, whose rows are not known and count as one. */
  void add(Logs logs) {
    timings = timings.plus(logs.timings());
    long rows = Math.max(1, (long) logs.timings().rows());
    logs.scalars()
        .forEach((name, value) -> sums.merge(name, new Sum(value * rows, rows), Sum::plus));
    steps++;
  }

  /** Adds the sums of one batch. */
  void add(Metric metric, double[] batch) {
    metrics.put(metric.name(), metric);
    metricSums.merge(metric.name(), batch, EpochMeans::sum);
  }

  private static double[] sum(double[] a, double[] b) {
    var sums = a.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += b[i];
    }
    return sums;
  }

  /** Returns the number of logs that were added. */
  long steps() {
    return steps;
  }

  Map<String, Double> values() {
    var means = new LinkedHashMap<String, Double>();
    sums.forEach((name, sum) -> means.put(name, sum.sum / sum.count));
    // A metric is the value of all rows together, not the mean of its values for batches.
    metrics.forEach((name, metric) -> means.put(name, metric.result(metricSums.get(name))));
    return means;
  }

  /** Returns the mean timings of the steps. */
  Timings timings() {
    return steps == 0 ? Timings.NONE : timings.dividedBy((double) steps);
  }

  void clear() {
    timings = Timings.NONE;
    sums.clear();
    metrics.clear();
    metricSums.clear();
    steps = 0;
  }

  /** The exact sums as text, in order. */
  Map<String, String> state() {
    var state = new LinkedHashMap<String, String>();
    state.put("steps", Long.toString(steps));
    sums.forEach((name, sum) -> state.put("sum/" + name, sum.sum + " " + sum.count));
    state.put("timings", text(timings.columns().values().stream()));
    metricSums.forEach(
        (name, values) -> state.put("metric/" + name, text(Arrays.stream(values).boxed())));
    return state;
  }

  /** Goes on from {@link #state()}. */
  void restore(Map<String, String> state) {
    clear();
    steps = Long.parseLong(state.getOrDefault("steps", "0"));
    state.forEach((key, value) -> {
      if (key.startsWith("metric/")) {
        metricSums.put(key.substring("metric/".length()), numbers(value));
      } else if (key.equals("timings")) {
        var sum = numbers(value);
        timings = new Timings(sum[0], sum[1], sum[2], sum[3]);
      } else if (key.startsWith("sum/")) {
        int space = value.indexOf(' ');
        var sum = new Sum(
            Double.parseDouble(value.substring(0, space)),
            Long.parseLong(value.substring(space + 1)));
        sums.put(key.substring("sum/".length()), sum);
      }
    });
  }

  private static String text(Stream<Double> values) {
    return values.map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static double[] numbers(String text) {
    return Stream.of(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }
}
