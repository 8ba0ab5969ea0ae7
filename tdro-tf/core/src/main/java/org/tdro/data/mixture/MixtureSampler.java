package org.tdro.data.mixture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;

/**
 * Which rows each batch holds: a pure function of the seed and the batch's index. Thread-safe.
 *
 * <p>Domains are drawn by counter-based random numbers. The {@code j}-th row drawn of a domain is row
 * {@code permutation(j mod size)} of its epoch {@code j / size}, so every row of a domain is seen once before any is seen again.
 * How many rows of each domain were drawn before a batch follows from counting draws from the start; counts are remembered every
 * {@value #STRIDE} batches, which makes seeking cheap.
 */
public final class MixtureSampler {
  private static final int STRIDE = 64;
  private static final long DOMAIN_STREAM = 1;
  private static final long PERMUTATION_STREAM = 2;

  private final long[] sizes;
  private final double[] cumulative;
  private final Batching batching;
  private final int batchSize;
  private final long seed;
  /** Entry {@code i}: rows drawn of each domain before batch {@code i * STRIDE}. */
  private final List<long[]> snapshots = new ArrayList<>();

  /**
   * A sampler over domains.
   *
   * @param sizes rows of each domain
   * @param probabilities of each domain, not negative, their sum positive; a domain of probability 0 is never drawn
   * @param batchSize rows of a batch
   * @throws InputException if a domain without rows has a positive probability
   */
  public MixtureSampler(
      long[] sizes, double[] probabilities, Batching batching, int batchSize, long seed) {
    if (sizes.length != probabilities.length) {
      throw new IllegalArgumentException(
          "%d domains but %d probabilities".formatted(sizes.length, probabilities.length));
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1, was " + batchSize);
    }
    this.sizes = sizes.clone();
    this.cumulative = cumulative(sizes, probabilities);
    this.batching = batching;
    this.batchSize = batchSize;
    this.seed = seed;
    snapshots.add(new long[sizes.length]);
  }

  /** The rows of a batch, in order. */
  public RowRef[] rows(long batchIndex) {
    if (batchIndex < 0) {
      throw new IllegalArgumentException("batch index must be at least 0, was " + batchIndex);
    }
    var drawn = drawnBefore(batchIndex);
    var rows = new RowRef[batchSize];
    for (int slot = 0; slot < batchSize; slot++) {
      var domain = domain(batchIndex, slot);
      var occurrence = drawn[domain]++;
      var epoch = occurrence / sizes[domain];
      var permutation = new RowPermutation(
          sizes[domain], CounterRandom.bits(seed, PERMUTATION_STREAM, domain, epoch));
      rows[slot] = new RowRef(domain, permutation.apply(occurrence % sizes[domain]), epoch);
    }
    return rows;
  }

  /** Rows of a batch. */
  public int batchSize() {
    return batchSize;
  }

  private int domain(long batchIndex, int slot) {
    var draw =
        CounterRandom.bits(seed, DOMAIN_STREAM, batchIndex, batching == Batching.MIXED ? slot : 0);
    var u = CounterRandom.unit(draw);
    int domain = 0;
    while (u >= cumulative[domain]) {
      domain++;
    }
    return domain;
  }

  private long[] drawnBefore(long batchIndex) {
    long[] counts;
    synchronized (snapshots) {
      while (snapshots.size() <= batchIndex / STRIDE) {
        var next = snapshots.get(snapshots.size() - 1).clone();
        var from = (snapshots.size() - 1L) * STRIDE;
        count(next, from, from + STRIDE);
        snapshots.add(next);
      }
      counts = snapshots.get((int) (batchIndex / STRIDE)).clone();
    }
    count(counts, batchIndex / STRIDE * STRIDE, batchIndex);
    return counts;
  }

  private void count(long[] counts, long from, long to) {
    for (var batch = from; batch < to; batch++) {
      if (batching == Batching.HOMOGENEOUS) {
        counts[domain(batch, 0)] += batchSize;
      } else {
        for (int slot = 0; slot < batchSize; slot++) {
          counts[domain(batch, slot)]++;
        }
      }
    }
  }

  /** Sums from the left, the last exactly 1; a domain of probability 0 has its neighbour's sum and so an empty range. */
  private static double[] cumulative(long[] sizes, double[] probabilities) {
    double total = 0.0;
    for (int d = 0; d < sizes.length; d++) {
      if (!(probabilities[d] >= 0)) {
        throw new IllegalArgumentException(
            "probability of domain %d is %s".formatted(d, probabilities[d]));
      }
      if (probabilities[d] > 0 && sizes[d] < 1) {
        throw new InputException(
            "domain %d has probability %s but no rows".formatted(d, probabilities[d]));
      }
      total += probabilities[d];
    }
    if (!(total > 0 && total < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the probabilities sum to " + total);
    }
    var sums = new double[sizes.length];
    double sum = 0.0;
    int last = 0;
    for (int d = 0; d < sizes.length; d++) {
      sum += probabilities[d] / total;
      sums[d] = sum;
      if (probabilities[d] > 0) {
        last = d;
      }
    }
    Arrays.fill(sums, last, sums.length, 1.0);
    return sums;
  }
}
