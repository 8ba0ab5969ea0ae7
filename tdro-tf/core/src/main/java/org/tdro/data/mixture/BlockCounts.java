package org.tdro.data.mixture;

import java.util.List;

/**
 * Counts of the draws of each domain in blocks of fixed size: the domain's share of the block, rounded down or up, so that the
 * counts of a block sum to its size and those of many blocks keep to the shares.
 *
 * <p>Systematic sampling (Madow 1949): the shares lie side by side on a line of the length of the block, and a domain has one draw
 * for each of the points {@code u, u + 1, u + 2, …} in its part. The offset {@code u} of block {@code b} is the fractional part of
 * {@code u₀ + b / φ} with the golden ratio φ, whose multiples fill the unit interval most evenly. The number of points below a
 * boundary in all earlier blocks is a sum of rounded-down terms of an arithmetic progression, which takes logarithmic time (Graham,
 * Knuth, Patashnik 1994, 3.5), so nothing is counted from the start.
 */
final class BlockCounts {
  private static final int BITS = 31;
  private static final long ONE = 1L << BITS;
  /** 1 / φ in units of 1 / ONE; odd, so that every offset occurs once before any is repeated. */
  private static final long ROTATION = 1327217885;

  private final long offset;
  /** For each domain, the sum of the shares up to its own: whole draws, and the rest in units of 1 / ONE. */
  private final long[] whole;

  private final long[] rest;

  /**
   * Creates the counts for some weights.
   *
   * @param weights at least 0, their sum positive
   * @param size draws of a block
   * @param bits random bits, from which u₀ is taken
   */
  BlockCounts(List<Double> weights, int size, long bits) {
    offset = bits >>> (Long.SIZE - BITS);
    whole = new long[weights.size()];
    rest = new long[weights.size()];
    double total = weights.stream().mapToDouble(Double::doubleValue).sum();
    int last = 0;
    for (int domain = 0; domain < whole.length; domain++) {
      last = weights.get(domain) > 0 ? domain : last;
    }
    double sum = 0;
    for (int domain = 0; domain < whole.length; domain++) {
      sum += weights.get(domain);
      long boundary =
          domain >= last ? size * ONE : Math.min(size * ONE, Math.round(sum / total * size * ONE));
      whole[domain] = boundary >>> BITS;
      rest[domain] = boundary & (ONE - 1);
    }
  }

  /** Returns the draws of each domain in a block. */
  long[] in(long block) {
    long u = (offset + ROTATION * (block & (ONE - 1))) & (ONE - 1);
    var below = new long[whole.length];
    for (int domain = 0; domain < below.length; domain++) {
      below[domain] = whole[domain] + (u < rest[domain] ? 1 : 0);
    }
    return differences(below);
  }

  /** Returns the draws of each domain in the blocks 0 … {@code block} − 1. */
  long[] before(long block) {
    if (block < 0 || block >= ONE) {
      throw new IllegalArgumentException("block must be in 0 … 2^31 - 1, was " + block);
    }
    var below = new long[whole.length];
    for (int domain = 0; domain < below.length; domain++) {
      // Block i has a point below the rest if and only if its two terms differ.
      below[domain] = whole[domain] * block
          + floorSum(block, ONE, ROTATION, offset + ONE)
          - floorSum(block, ONE, ROTATION, offset + ONE - rest[domain]);
    }
    return differences(below);
  }

  private static long[] differences(long[] below) {
    var counts = below.clone();
    for (int domain = 1; domain < counts.length; domain++) {
      counts[domain] -= below[domain - 1];
    }
    return counts;
  }

  /** Returns Σ ⌊(a·i + b) / m⌋ over i = 0 … n − 1, by Euclid's algorithm on (m, a). */
  private static long floorSum(long n, long m, long a, long b) {
    long sum = 0;
    while (n > 0) {
      sum += n * (n - 1) / 2 * (a / m) + n * (b / m);
      long top = a % m * n + b % m;
      long slope = a % m;
      // The points below the line, counted by columns, are those beside it, counted by rows.
      n = top / m;
      b = top % m;
      a = m;
      m = slope;
    }
    return sum;
  }
}
