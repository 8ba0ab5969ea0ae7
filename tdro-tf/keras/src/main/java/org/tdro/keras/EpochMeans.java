package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;

/** Plain means of the scalars of several logs; a scalar that not every log has is averaged over those that have it. */
final class EpochMeans {
  private record Sum(double sum, long count) {
    Sum plus(Sum other) {
      return new Sum(sum + other.sum, count + other.count);
    }
  }

  private final Map<String, Sum> sums = new LinkedHashMap<>();
  private long steps;

  void add(Logs logs) {
    logs.scalars().forEach((name, value) -> sums.merge(name, new Sum(value, 1), Sum::plus));
    steps++;
  }

  /** How many logs were added. */
  long steps() {
    return steps;
  }

  Map<String, Double> values() {
    var means = new LinkedHashMap<String, Double>();
    sums.forEach((name, sum) -> means.put(name, sum.sum / sum.count));
    return means;
  }

  void clear() {
    sums.clear();
    steps = 0;
  }

  /** The exact sums as text, in order. */
  Map<String, String> state() {
    var state = new LinkedHashMap<String, String>();
    state.put("steps", Long.toString(steps));
    sums.forEach((name, sum) -> state.put("sum/" + name, sum.sum + " " + sum.count));
    return state;
  }

  /** Goes on from {@link #state()}. */
  void restore(Map<String, String> state) {
    clear();
    steps = Long.parseLong(state.getOrDefault("steps", "0"));
    state.forEach((key, value) -> {
      if (key.startsWith("sum/")) {
        int space = value.indexOf(' ');
        var sum = new Sum(
            Double.parseDouble(value.substring(0, space)),
            Long.parseLong(value.substring(space + 1)));
        sums.put(key.substring("sum/".length()), sum);
      }
    });
  }
}
