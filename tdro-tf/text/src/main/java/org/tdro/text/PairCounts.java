package org.tdro.text;

import java.util.Arrays;
import org.tdro.io.CounterRandom;

/**
 * Counts of the pairs of neighbouring symbols, with the words that each occurs in: an open-addressing table without objects, since
 * merging has millions of pairs. A pair is one long, the left symbol in the upper half.
 */
final class PairCounts {
  private static final long FREE = -1;

  private long[] pairs = new long[1 << 16];
  private long[] counts = new long[1 << 16];
  private int[][] words = new int[1 << 16][];
  private int[] wordCounts = new int[1 << 16];
  private int size;
  private long[] entered = new long[1 << 10];
  private int enteredCount;

  PairCounts() {
    Arrays.fill(pairs, FREE);
  }

  static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  static int left(long pair) {
    return (int) (pair >>> 32);
  }

  static int right(long pair) {
    return (int) pair;
  }

  /** Changes a pair's count. */
  void add(long pair, long count) {
    counts[slot(pair)] += count;
  }

  /** Changes a pair's count and adds a word that it occurs in, unless that word was the last one added. */
  void add(long pair, long count, int word) {
    var slot = slot(pair);
    counts[slot] += count;
    var n = wordCounts[slot];
    if (n > 0 && words[slot][n - 1] == word) {
      return;
    }
    if (n == 0) {
      words[slot] = new int[2];
    } else if (n == words[slot].length) {
      words[slot] = Arrays.copyOf(words[slot], n + n / 2 + 1);
    }
    words[slot][n] = word;
    wordCounts[slot]++;
  }

  long count(long pair) {
    return counts[slot(pair)];
  }

  /** Returns the words of a pair and forgets them; the pair may no longer occur in some of them. */
  int[] takeWords(long pair) {
    var slot = slot(pair);
    if (wordCounts[slot] == 0) {
      return new int[0];
    }
    var result = Arrays.copyOf(words[slot], wordCounts[slot]);
    words[slot] = null;
    wordCounts[slot] = 0;
    return result;
  }

  /** Returns the pairs that are new since the last call. */
  long[] takeNew() {
    var result = Arrays.copyOf(entered, enteredCount);
    enteredCount = 0;
    return result;
  }

  /** Returns the slot of a pair, which is entered if it is new. */
  private int slot(long pair) {
    var slot = probe(pair);
    if (pairs[slot] == pair) {
      return slot;
    }
    if (size * 2 >= pairs.length) {
      grow();
      slot = probe(pair);
    }
    pairs[slot] = pair;
    size++;
    if (enteredCount == entered.length) {
      entered = Arrays.copyOf(entered, 2 * enteredCount);
    }
    entered[enteredCount++] = pair;
    return slot;
  }

  private int probe(long pair) {
    var mask = pairs.length - 1;
    var slot = (int) ((pair * CounterRandom.GOLDEN) >>> 32) & mask;
    while (pairs[slot] != FREE && pairs[slot] != pair) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    var oldPairs = pairs;
    var oldCounts = counts;
    var oldWords = words;
    var oldWordCounts = wordCounts;
    var capacity = oldPairs.length * 2;
    pairs = new long[capacity];
    counts = new long[capacity];
    words = new int[capacity][];
    wordCounts = new int[capacity];
    Arrays.fill(pairs, FREE);
    for (int i = 0; i < oldPairs.length; i++) {
      if (oldPairs[i] == FREE) {
        continue;
      }
      var slot = probe(oldPairs[i]);
      pairs[slot] = oldPairs[i];
      counts[slot] = oldCounts[i];
      words[slot] = oldWords[i];
      wordCounts[slot] = oldWordCounts[i];
    }
  }
}
