package org.tdro.data.mixture;

import org.tdro.io.CounterRandom;

/** The order in which the rows of a domain are drawn, another one in each epoch. Thread-safe. */
@FunctionalInterface
public interface EpochOrder {

  /**
   * Returns the row at a place of an epoch. The rows at the places {@code 0 .. size - 1} of an epoch are all rows of the domain.
   *
   * @param domain position in the list of domains
   * @param epoch number of times that the whole domain was drawn before
   * @param place at least 0, below the number of rows of the domain
   */
  long row(int domain, long epoch, long place);

  /**
   * Returns the order that a {@link RowPermutation} for each domain and epoch decides.
   *
   * @param sizes rows of each domain
   */
  static EpochOrder shuffled(long[] sizes, long seed) {
    return (domain, epoch, place) -> new RowPermutation(
            sizes[domain], CounterRandom.bits(seed, RowPermutation.STREAM, domain, epoch))
        .apply(place);
  }
}
