package org.tdro.data.mixture;

import org.tdro.io.CounterRandom;

/**
 * A pseudo-random permutation of {@code 0 .. size - 1} in constant memory: a Feistel network over the smallest even number of
 * bits that holds the size, walked along its cycles until it lands inside (Black and Rogaway 2002).
 */
public final class RowPermutation {
  /** The stream of random numbers from which the permutations of epochs are made. */
  static final long STREAM = 2;

  private static final int ROUNDS = 6;

  private final long size;
  private final long key;
  private final int halfBits;

  /** Creates the permutation that a key decides. */
  public RowPermutation(long size, long key) {
    if (size < 1) {
      throw new IllegalArgumentException("a permutation needs at least one row, was " + size);
    }
    this.size = size;
    this.key = key;
    this.halfBits = Math.max(1, (65 - Long.numberOfLeadingZeros(size - 1)) / 2);
  }

  /** Returns the image of {@code index}, after at most 4 passes on average, since the network's range is at most 4 times the size. */
  public long apply(long index) {
    do {
      index = feistel(index);
    } while (index >= size);
    return index;
  }

  private long feistel(long value) {
    var mask = (1L << halfBits) - 1;
    var left = value >>> halfBits;
    var right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      var next = left
          ^ (CounterRandom.mix((key + round * CounterRandom.GOLDEN) ^ CounterRandom.mix(right + 1))
              & mask);
      left = right;
      right = next;
    }
    return (left << halfBits) | right;
  }
}
