package org.tdro.rows.duplicates;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import org.tdro.io.CounterRandom;

/**
 * The shingles of a text: its words, and pairs of neighbouring characters where the script has no blanks between words (Chinese,
 * Japanese, Thai, Lao, Khmer, Burmese) or joins endings to words (Korean).
 */
public final class Shingles {
  private static final int HASH_BITS = 64;

  /** Hashes in ascending order; a shingle that occurs twice is there twice. */
  private final long[] hashes;

  private Shingles(long[] hashes) {
    this.hashes = hashes;
  }

  /** Returns the shingles of a {@linkplain NormalText normalised} text. */
  static Shingles of(String text) {
    var collector = new Collector(text);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int end = i + Character.charCount(c);
      collector.add(c, i, end);
      i = end;
    }
    collector.end(text.length());
    var hashes = Arrays.copyOf(collector.hashes, collector.size);
    Arrays.sort(hashes);
    return new Shingles(hashes);
  }

  private enum Kind {
    BLANK,
    WORD,
    UNSEPARATED;

    static Kind of(int c, Kind before) {
      if (c == ' ') {
        return BLANK;
      }
      if (c < 0x0e00) {
        return WORD;
      }
      return switch (UnicodeScript.of(c)) {
        case HAN, HIRAGANA, KATAKANA, HANGUL, THAI, LAO, KHMER, MYANMAR -> UNSEPARATED;
        // A mark belongs to its letter, the long vowel of Katakana to both kinds of Kana.
        case INHERITED, COMMON -> before == UNSEPARATED ? UNSEPARATED : WORD;
        default -> WORD;
      };
    }
  }

  /** Collects words, and pairs of characters. */
  private static final class Collector {
    private final String text;
    private long[] hashes = new long[16];
    private int size;
    private Kind kind = Kind.BLANK;
    /** Where the word or the run of characters begins. */
    private int start;
    /** Where the last character begins. */
    private int last;

    Collector(String text) {
      this.text = text;
    }

    void add(int c, int from, int end) {
      var next = Kind.of(c, kind);
      if (next != kind) {
        end(from);
        kind = next;
        start = from;
      } else if (kind == Kind.UNSEPARATED) {
        add(last, end);
      }
      last = from;
    }

    /** Ends what is before {@code end}: a word, or a run that is a single character. */
    void end(int end) {
      if (kind == Kind.WORD || (kind == Kind.UNSEPARATED && start == last)) {
        add(start, end);
      }
    }

    private void add(int from, int end) {
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * size);
      }
      hashes[size++] = CounterRandom.mix(CounterRandom.nameHash(text.substring(from, end)));
    }
  }

  /** Returns how many there are, repeated ones included. */
  public int size() {
    return hashes.length;
  }

  /**
   * Returns the SimHash (Charikar 2002): each bit is the sign of the sum of that bit, as −1 or 1, over the hashes of all shingles. Two
   * texts with an angle of φ between their vectors of counts differ in 64 φ / π bits on the average.
   */
  public long simHash() {
    var sums = new int[HASH_BITS];
    for (long hash : hashes) {
      for (int bit = 0; bit < HASH_BITS; bit++) {
        sums[bit] += (int) (hash >>> bit & 1) * 2 - 1;
      }
    }
    long signature = 0;
    for (int bit = 0; bit < HASH_BITS; bit++) {
      if (sums[bit] > 0) {
        signature |= 1L << bit;
      }
    }
    return signature;
  }

  /** Returns the hashes with those of repeated shingles replaced, so that all are different: those that texts share remain the same. */
  long[] distinct() {
    var distinct = hashes.clone();
    int repeated = 0;
    for (int i = 1; i < hashes.length; i++) {
      repeated = hashes[i] == hashes[i - 1] ? repeated + 1 : 0;
      if (repeated > 0) {
        distinct[i] = CounterRandom.bits(hashes[i], repeated);
      }
    }
    return distinct;
  }

  /** Returns the Jaccard similarity of two texts: shared shingles divided by those of either, repeated ones counted. */
  public double jaccard(Shingles other) {
    int i = 0;
    int j = 0;
    int shared = 0;
    while (i < hashes.length && j < other.hashes.length) {
      if (hashes[i] == other.hashes[j]) {
        shared++;
        i++;
        j++;
      } else if (hashes[i] < other.hashes[j]) {
        i++;
      } else {
        j++;
      }
    }
    int either = hashes.length + other.hashes.length - shared;
    return either == 0 ? 1 : (double) shared / either;
  }
}
