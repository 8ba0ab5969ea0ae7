package org.tdro.mixing.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The mixtures whose share of each domain is at most its cap.
 *
 * @param caps largest shares, at least 0, that sum to at least 1
 */
@SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
public record CappedSimplex(double[] caps) {
  private static final double TOLERANCE = 1e-9;

  public CappedSimplex {
    if (!(Arrays.stream(caps).allMatch(cap -> cap >= 0)
        && Arrays.stream(caps).sum() >= 1 - TOLERANCE)) {
      throw new IllegalArgumentException(
          "caps must be at least 0 and sum to at least 1, were " + Arrays.toString(caps));
    }
  }

  /**
   * Returns the mixtures that make at most some passes over the rows of each domain, or where the prior makes more than one pass already, at most
   * so many times as many: the cap of a domain is {@code repetitions} times the larger of its prior share and its rows / {@code drawn}. The
   * prior is always among them.
   *
   * @param rows number of rows of each domain
   * @param repetitions at least 1
   * @param drawn number of rows that are drawn in all
   */
  public static CappedSimplex ofRepetitions(
      double[] prior, long[] rows, double repetitions, double drawn) {
    return new CappedSimplex(IntStream.range(0, prior.length)
        .mapToDouble(domain ->
            Math.min(1, repetitions * Math.max(prior[domain], rows[domain] / drawn)))
        .toArray());
  }

  /**
   * Returns the mixture α nearest to given weights u by KL(α ‖ u), which is α_d = min(cap_d, s · u_d) with the s by which it sums to 1.
   *
   * @param logs logarithms of the weights, up to a constant
   */
  double[] nearest(double[] logs) {
    double highest = Arrays.stream(logs).max().orElseThrow();
    var weights = Arrays.stream(logs).map(log -> Math.exp(log - highest)).toArray();
    // Those that reach their caps are the first by cap / weight.
    var order = IntStream.range(0, weights.length)
        .boxed()
        .sorted(Comparator.comparingDouble(domain -> caps[domain] / weights[domain]))
        .mapToInt(Integer::intValue)
        .toArray();
    // The weights of each and of those after it; differences of sums would lose small ones.
    var rest = new double[order.length + 1];
    for (int i = order.length - 1; i >= 0; i--) {
      rest[i] = rest[i + 1] + weights[order[i]];
    }
    double left = 1;
    int capped = 0;
    var mixture = new double[weights.length];
    while (capped < order.length
        && weights[order[capped]] * left >= caps[order[capped]] * rest[capped]) {
      mixture[order[capped]] = caps[order[capped]];
      left = Math.max(0, left - caps[order[capped]]);
      capped++;
    }
    for (int i = capped; i < order.length; i++) {
      mixture[order[i]] = left * weights[order[i]] / rest[capped];
    }
    return mixture;
  }

  /** Returns the mixture with the least inner product with {@code costs}. */
  double[] cheapest(double[] costs) {
    var order = IntStream.range(0, costs.length)
        .boxed()
        .sorted(Comparator.comparingDouble(domain -> costs[domain]))
        .mapToInt(Integer::intValue)
        .toArray();
    var mixture = new double[costs.length];
    double left = 1;
    for (int domain : order) {
      mixture[domain] = Math.min(left, caps[domain]);
      left -= mixture[domain];
    }
    return mixture;
  }
}
