package org.tdro.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * A trainer of byte-level vocabularies by byte-pair encoding (Sennrich, Haddow and Birch 2016): starting from single bytes, the
 * most frequent pair of neighbouring symbols repeatedly becomes a symbol.
 *
 * <p>Deterministic: of equally frequent pairs, the one with the smaller ids is merged first. Pairs are queued by the counts that
 * they had on entering; a count can only fall afterwards, and is corrected when its pair comes up. Each pair knows its words, so a
 * merge touches only those.
 */
public final class BytePairTrainer {
  /** Pairs that occur less often are not merged. */
  private static final long MIN_COUNT = 2;

  private final int vocabularySize;

  /** A pair in the queue; the most frequent comes first. */
  private record Candidate(long pair, long count) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return count == other.count
          ? Long.compare(pair, other.pair)
          : Long.compare(other.count, count);
    }
  }

  /**
   * Creates a trainer.
   *
   * @param vocabularySize number of special tokens, the 256 bytes and the merges
   */
  public BytePairTrainer(int vocabularySize) {
    if (vocabularySize < BytePairVocabulary.FIRST_MERGE) {
      throw new IllegalArgumentException(
          "the vocabulary must hold the %d special tokens and bytes, was %d"
              .formatted(BytePairVocabulary.FIRST_MERGE, vocabularySize));
    }
    this.vocabularySize = vocabularySize;
  }

  /** Returns the vocabulary of the counted words; smaller than asked for if the words have too few pairs. */
  public BytePairVocabulary train(WordCounts counts) {
    // Sorted for memory locality only: the order of words does not affect the result.
    var entries =
        counts.counts().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
    var words = new int[entries.size()][];
    var frequencies = new long[words.length];
    var pairs = new PairCounts();
    for (int w = 0; w < words.length; w++) {
      var word = BytePairVocabulary.byteIds(entries.get(w).getKey());
      words[w] = word;
      frequencies[w] = entries.get(w).getValue();
      for (int i = 1; i < word.length; i++) {
        pairs.add(PairCounts.pair(word[i - 1], word[i]), frequencies[w], w);
      }
    }
    return new BytePairVocabulary(merges(words, frequencies, pairs), counts.normalize());
  }

  private List<BytePairVocabulary.Merge> merges(
      int[][] words, long[] frequencies, PairCounts pairs) {
    var merges = new ArrayList<BytePairVocabulary.Merge>();
    var queue = new PriorityQueue<Candidate>();
    enter(queue, pairs, pairs.takeNew());
    while (BytePairVocabulary.FIRST_MERGE + merges.size() < vocabularySize && !queue.isEmpty()) {
      var candidate = queue.remove();
      var pair = candidate.pair();
      if (pairs.count(pair) != candidate.count()) {
        enter(queue, pairs, pair);
        continue;
      }
      var symbol = BytePairVocabulary.FIRST_MERGE + merges.size();
      var merge = new BytePairVocabulary.Merge(PairCounts.left(pair), PairCounts.right(pair));
      merges.add(merge);
      for (var w : pairs.takeWords(pair)) {
        words[w] = replace(words[w], merge, symbol, w, frequencies[w], pairs);
      }
      enter(queue, pairs, pairs.takeNew());
    }
    return merges;
  }

  private static void enter(PriorityQueue<Candidate> queue, PairCounts pairs, long... entering) {
    for (var pair : entering) {
      var count = pairs.count(pair);
      if (count >= MIN_COUNT) {
        queue.add(new Candidate(pair, count));
      }
    }
  }

  /** Returns the word with the merge applied from the left, and updates the counts. */
  private static int[] replace(
      int[] word,
      BytePairVocabulary.Merge merge,
      int symbol,
      int w,
      long frequency,
      PairCounts pairs) {
    int length = 0;
    int i = 0;
    while (i < word.length) {
      if (i + 1 == word.length || word[i] != merge.left() || word[i + 1] != merge.right()) {
        word[length++] = word[i++];
        continue;
      }
      pairs.add(PairCounts.pair(merge.left(), merge.right()), -frequency);
      if (length > 0) {
        pairs.add(PairCounts.pair(word[length - 1], merge.left()), -frequency);
        pairs.add(PairCounts.pair(word[length - 1], symbol), frequency, w);
      }
      if (i + 2 < word.length) {
        pairs.add(PairCounts.pair(merge.right(), word[i + 2]), -frequency);
        pairs.add(PairCounts.pair(symbol, word[i + 2]), frequency, w);
      }
      word[length++] = symbol;
      i += 2;
    }
    return length == word.length ? word : Arrays.copyOf(word, length);
  }
}
