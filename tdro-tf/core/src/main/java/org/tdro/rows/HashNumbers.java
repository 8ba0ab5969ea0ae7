package org.tdro.rows;

import java.util.Arrays;

/**
 * Numbers of hashes in the order in which they were first added: 0, 1, 2 and so on. Takes 12 bytes a place, of which half to three
 * quarters are filled: 16 to 24 bytes a hash.
 */
public final class HashNumbers {
  private static final int FREE = -1;
  private static final int MOST = 1 << 30;

  private long[] hashes = new long[1 << 10];
  private int[] numbers = new int[1 << 10];
  private int size;

  /** Creates an empty table. */
  public HashNumbers() {
    Arrays.fill(numbers, FREE);
  }

  /** Returns the number of a hash; a hash that is new gets the next one. */
  public int add(long hash) {
    int place = place(hash);
    if (numbers[place] != FREE) {
      return numbers[place];
    }
    if (size >= numbers.length / 4 * 3) {
      grow();
      place = place(hash);
    }
    hashes[place] = hash;
    numbers[place] = size;
    return size++;
  }

  /** Adds a hash; returns whether it is new. */
  public boolean isNew(long hash) {
    int before = size;
    add(hash);
    return size > before;
  }

  /** Returns the number of a hash, or −1 if it was never added. */
  public int find(long hash) {
    return numbers[place(hash)];
  }

  /** Returns whether a hash was added. */
  public boolean contains(long hash) {
    return find(hash) != FREE;
  }

  /** Returns how many different hashes were added. */
  public int size() {
    return size;
  }

  /** Returns the place of a hash, or the free one where it would be. */
  private int place(long hash) {
    int mask = numbers.length - 1;
    int place = (int) (hash ^ hash >>> 32) & mask;
    while (numbers[place] != FREE && hashes[place] != hash) {
      place = place + 1 & mask;
    }
    return place;
  }

  private void grow() {
    if (numbers.length >= MOST) {
      throw new IllegalStateException("more than " + size + " different texts");
    }
    var oldHashes = hashes;
    var oldNumbers = numbers;
    hashes = new long[2 * oldHashes.length];
    numbers = new int[2 * oldNumbers.length];
    Arrays.fill(numbers, FREE);
    for (int i = 0; i < oldNumbers.length; i++) {
      if (oldNumbers[i] != FREE) {
        int place = place(oldHashes[i]);
        hashes[place] = oldHashes[i];
        numbers[place] = oldNumbers[i];
      }
    }
  }
}
