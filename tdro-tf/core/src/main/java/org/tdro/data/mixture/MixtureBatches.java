package org.tdro.data.mixture;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tdro.data.mixture.MixtureSampler.Batching;

/**
 * The way rows form batches and batches form blocks.
 *
 * @param size rows of a batch
 * @param sizes rows of a batch of one domain, where they are others, by the domain's position; none unless homogeneous
 * @param block batches of a block
 */
public record MixtureBatches(Batching batching, int size, Map<Integer, Integer> sizes, int block) {
  /** The usual number of batches in a block. */
  public static final int BLOCK = 64;

  public MixtureBatches {
    sizes = Map.copyOf(sizes);
    if (size < 1 || sizes.values().stream().anyMatch(own -> own < 1)) {
      throw new IllegalArgumentException(
          "the size of a batch must be at least 1, was %d, and of domains %s"
              .formatted(size, sizes));
    }
    if (batching == Batching.MIXED && !sizes.isEmpty()) {
      throw new IllegalArgumentException(
          "the rows of a batch come from all domains, which have no sizes of their own");
    }
    if (block < 1 || (long) size * block > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the batches of a block must be at least 1, and its rows fewer than 2^31; were %d of %d rows"
              .formatted(block, size));
    }
  }

  /** Creates batches of one size. */
  public MixtureBatches(Batching batching, int size, int block) {
    this(batching, size, Map.of(), block);
  }

  /** Creates batches of one size in blocks of the usual length. */
  public MixtureBatches(Batching batching, int size) {
    this(batching, size, BLOCK);
  }

  /**
   * Returns the number of rows that a batch takes of each domain: where domains are mixed, at most twice its share, since draws of a block
   * are in random order.
   *
   * @param schedule whose first weights count
   */
  public int[] rowsOfDomains(MixtureSchedule schedule) {
    var weights = schedule.stages().get(0).weights();
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    return IntStream.range(0, weights.size())
        .map(domain -> batching == Batching.HOMOGENEOUS
            ? rowsOfDraw(domain)
            : Math.min(size, 2 * (int) Math.ceil(weights.get(domain) / sum * size)))
        .map(rows -> Math.max(1, rows))
        .toArray();
  }

  /** Returns the number of rows that are drawn of a domain at a time. */
  int rowsOfDraw(int domain) {
    return batching == Batching.HOMOGENEOUS ? sizes.getOrDefault(domain, size) : 1;
  }

  int drawsOfBatch() {
    return batching == Batching.HOMOGENEOUS ? 1 : size;
  }

  /** Returns the weights by which draws give each domain rows by its weight. */
  List<Double> ofDraws(List<Double> weights) {
    return IntStream.range(0, weights.size())
        .mapToObj(domain -> sizes.containsKey(domain)
            ? weights.get(domain) * size / sizes.get(domain)
            : weights.get(domain))
        .toList();
  }
}
