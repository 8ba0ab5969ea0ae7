package org.tdro.rows.duplicates;

import java.util.function.IntConsumer;

/**
 * An index of 64-bit signatures that finds all within a Hamming distance k of another (Manku, Jain and Das Sarma 2007). Signatures are cut
 * into k + 1 blocks of bits. If two differ in at most k bits, at least one block is the same in both, so it is enough to look through
 * the signatures that share a block: one table for each block holds them together. Takes 12 bytes a signature and table.
 */
public final class SimHashIndex {
  /** The largest distance. With more and shorter blocks, too many signatures share one. */
  public static final int MAX_DISTANCE = 6;

  private static final int MAX_KEY_BITS = 24;
  private static final int MIN_KEY_BITS = 8;

  private final int distance;
  private final Table[] tables;

  /**
   * Indexes signatures; the place in the array is the number of one.
   *
   * @param distance from 0 to {@value #MAX_DISTANCE}
   */
  public SimHashIndex(long[] signatures, int distance) {
    if (distance < 0 || distance > MAX_DISTANCE) {
      throw new IllegalArgumentException(
          "distance must be from 0 to " + MAX_DISTANCE + ", was " + distance);
    }
    this.distance = distance;
    this.tables = new Table[distance + 1];
    for (int block = 0; block <= distance; block++) {
      int from = Long.SIZE * block / (distance + 1);
      int end = Long.SIZE * (block + 1) / (distance + 1);
      tables[block] = new Table(signatures, from, end);
    }
  }

  /** Calls {@code found} once with the number of each signature that differs from the given one in at most k bits, in no certain order. */
  public void forEachNear(long signature, IntConsumer found) {
    for (int t = 0; t < tables.length; t++) {
      var table = tables[t];
      int key = table.key(signature);
      for (int i = table.starts[key]; i < table.starts[key + 1]; i++) {
        long different = table.signatures[i] ^ signature;
        if (Long.bitCount(different) <= distance && !isInEarlier(t, different)) {
          found.accept(table.numbers[i]);
        }
      }
    }
  }

  /** Returns whether an earlier table has found a signature: one in which its key is the same. */
  private boolean isInEarlier(int table, long different) {
    for (int t = 0; t < table; t++) {
      if (tables[t].key(different) == 0) {
        return true;
      }
    }
    return false;
  }

  /** The signatures in the order of their keys, which are some bits of a block: as many as make lists of a few signatures. */
  private static final class Table {
    private final int from;
    private final int mask;
    private final int[] starts;
    private final long[] signatures;
    private final int[] numbers;

    Table(long[] all, int from, int end) {
      this.from = from;
      int wanted = Long.SIZE - Long.numberOfLeadingZeros(all.length);
      int bits = Math.min(end - from, Math.max(MIN_KEY_BITS, Math.min(MAX_KEY_BITS, wanted)));
      this.mask = (1 << bits) - 1;
      this.starts = new int[(1 << bits) + 1];
      this.signatures = new long[all.length];
      this.numbers = new int[all.length];
      for (long signature : all) {
        starts[key(signature) + 1]++;
      }
      for (int key = 0; key < starts.length - 1; key++) {
        starts[key + 1] += starts[key];
      }
      var next = starts.clone();
      for (int number = 0; number < all.length; number++) {
        int place = next[key(all[number])]++;
        signatures[place] = all[number];
        numbers[place] = number;
      }
    }

    int key(long signature) {
      return (int) (signature >>> from) & mask;
    }
  }
}
