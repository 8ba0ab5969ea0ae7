package org.tdro.rows.duplicates;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.tdro.rows.HashNumbers;

/**
 * An index of texts that finds all whose Jaccard similarity with another is at least t, none missed, by prefix filtering (Bayardo, Ma and
 * Srikant 2007: AllPairs; Xiao, Wang, Lin and Yu 2008: PPJoin).
 *
 * <p>The shingles of a text are sorted from rare to frequent ones. Of a shingles, a similar text shares at least t a; so one that is shared is
 * among the first a − ⌈t a⌉ + 1 of either text. Only these prefixes, which hold the rare shingles, are indexed and looked up. The place of
 * the first that two texts share bounds how many can follow, which rejects most of the others. Takes 4 bytes a shingle, 8 more if
 * it is in a prefix, and about 30 for each different one.
 */
final class JaccardIndex {
  /** The rank of a shingle that no indexed text has: it comes first, since it is the rarest. */
  private static final int UNKNOWN = -1;

  private final double least;
  private final HashNumbers shingles = new HashNumbers();
  /** The place of each shingle in the order from rare to frequent, by its number. */
  private final int[] ranks;
  /** The ranks of the shingles of the texts, one text after the other, ascending in each. */
  private int[] sets = new int[1 << 10];
  /** Where each text begins in {@link #sets}, and where the last ends. */
  private int[] starts = new int[1 << 8];
  /** Where the texts that have a shingle in their prefix begin, by its rank; in each such list, small texts come first. */
  private final int[] lists;

  private final int[] texts;
  /** The place of the shingle in each of {@link #texts}. */
  private final int[] places;

  /** Receives what is found. */
  @FunctionalInterface
  interface Found {
    /**
     * Receives a text.
     *
     * @param number its place among those that were indexed
     * @param jaccard its similarity
     */
    void accept(int number, double jaccard);
  }

  /**
   * Indexes texts, of which the first has the number 0.
   *
   * @param least the similarity t, above 0 and at most 1
   */
  JaccardIndex(Iterator<Shingles> all, double least) {
    this.least = least;
    int size = 0;
    while (all.hasNext()) {
      long[] hashes = all.next().distinct();
      if (size + 1 == starts.length) {
        starts = Arrays.copyOf(starts, 2 * starts.length);
      }
      int start = starts[size++];
      int end = Math.addExact(start, hashes.length);
      if (end > sets.length) {
        sets = Arrays.copyOf(sets, Math.max(end, sets.length + (sets.length >> 1)));
      }
      for (int i = 0; i < hashes.length; i++) {
        sets[start + i] = shingles.add(hashes[i]);
      }
      starts[size] = end;
    }
    starts = Arrays.copyOf(starts, size + 1);
    sets = Arrays.copyOf(sets, starts[size]);
    ranks = ranks(sets, shingles.size());
    for (int text = 0; text < size; text++) {
      for (int i = starts[text]; i < starts[text + 1]; i++) {
        sets[i] = ranks[sets[i]];
      }
      Arrays.sort(sets, starts[text], starts[text + 1]);
    }
    lists = lists(size);
    texts = new int[lists[lists.length - 1]];
    places = new int[texts.length];
    fillLists(size);
  }

  private static int[] ranks(int[] numbers, int different) {
    var frequencies = new int[different];
    for (int number : numbers) {
      frequencies[number]++;
    }
    var rareFirst = IntStream.range(0, different)
        .mapToLong(number -> (long) frequencies[number] << Integer.SIZE | number)
        .sorted()
        .mapToInt(frequencyAndNumber -> (int) frequencyAndNumber)
        .toArray();
    var ranks = new int[different];
    for (int rank = 0; rank < different; rank++) {
      ranks[rareFirst[rank]] = rank;
    }
    return ranks;
  }

  private int[] lists(int size) {
    var ends = new int[shingles.size() + 1];
    for (int text = 0; text < size; text++) {
      for (int place = 0; place < prefix(size(text)); place++) {
        ends[sets[starts[text] + place] + 1]++;
      }
    }
    Arrays.parallelPrefix(ends, Math::addExact);
    return ends;
  }

  private void fillLists(int size) {
    var next = lists.clone();
    IntStream.range(0, size)
        .mapToLong(text -> (long) size(text) << Integer.SIZE | text)
        .sorted()
        .mapToInt(sizeAndText -> (int) sizeAndText)
        .forEach(text -> {
          for (int place = 0; place < prefix(size(text)); place++) {
            int entry = next[sets[starts[text] + place]]++;
            texts[entry] = text;
            places[entry] = place;
          }
        });
  }

  /**
   * Calls {@code found} once with each text that is similar enough, in no certain order; may be called by several threads. A text without
   * shingles is similar to none.
   */
  void forEachSimilar(Shingles other, Found found) {
    var asked = Arrays.stream(other.distinct())
        .mapToInt(shingles::find)
        .map(number -> number < 0 ? UNKNOWN : ranks[number])
        .sorted()
        .toArray();
    int smallest = leastOf(asked.length);
    for (int place = 0; place < prefix(asked.length); place++) {
      if (asked[place] == UNKNOWN) {
        continue;
      }
      int end = lists[asked[place] + 1];
      for (int i = firstOfSize(smallest, lists[asked[place]], end);
          i < end && leastOf(size(texts[i])) <= asked.length;
          i++) {
        double jaccard = jaccard(asked, place, texts[i], places[i]);
        if (jaccard >= least) {
          found.accept(texts[i], jaccard);
        }
      }
    }
  }

  /** Returns the first entry of a list whose text has at least so many shingles. */
  private int firstOfSize(int smallest, int from, int end) {
    int low = from;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (size(texts[middle]) < smallest) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Returns the similarity to a text with which a shingle is shared; 0 if it is too small, or if the texts share a rarer one, for which
   * they are compared.
   *
   * @param place of the shared shingle in what is asked for
   * @param textPlace its place in the text
   */
  private double jaccard(int[] asked, int place, int text, int textPlace) {
    int start = starts[text];
    int end = starts[text + 1];
    int both = asked.length + end - start;
    int a = place;
    int b = start + textPlace;
    if (!isEnough(Math.min(asked.length - a, end - b), both) || sharesAny(asked, place, start, b)) {
      return 0;
    }
    int shared = 0;
    while (a < asked.length && b < end) {
      if (asked[a] == sets[b]) {
        shared++;
        a++;
        b++;
      } else {
        if (asked[a] < sets[b]) {
          a++;
        } else {
          b++;
        }
        if (!isEnough(shared + Math.min(asked.length - a, end - b), both)) {
          return 0;
        }
      }
    }
    return (double) shared / (both - shared);
  }

  /** Returns whether the first shingles of what is asked for, {@code asked[0..askedEnd)}, are among {@code sets[start..end)}. */
  private boolean sharesAny(int[] asked, int askedEnd, int start, int end) {
    int a = 0;
    int b = start;
    while (a < askedEnd && b < end) {
      if (asked[a] == sets[b]) {
        return true;
      }
      if (asked[a] < sets[b]) {
        a++;
      } else {
        b++;
      }
    }
    return false;
  }

  private int size(int text) {
    return starts[text + 1] - starts[text];
  }

  /** Returns whether texts of {@code both} shingles together are similar if they share so many. */
  private boolean isEnough(int shared, int both) {
    return (double) shared / (both - shared) >= least;
  }

  /** Returns how many of its shingles a text shares with each similar one: the smallest s of s / size ≥ t. */
  private int leastOf(int size) {
    int shared = Math.max(0, (int) (least * size) - 1);
    while (shared < size && (double) shared / size < least) {
      shared++;
    }
    return shared;
  }

  /** Returns how many of a text's rarest shingles hold one that is shared with each similar text. */
  private int prefix(int size) {
    return size == 0 ? 0 : size - leastOf(size) + 1;
  }
}
