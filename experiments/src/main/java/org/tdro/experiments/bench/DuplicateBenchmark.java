package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.io.Checks;
import org.tdro.io.CounterRandom;
import org.tdro.io.OrderedParallel;
import org.tdro.rows.duplicates.KnownText;
import org.tdro.rows.duplicates.KnownTexts;
import org.tdro.rows.duplicates.Match;
import org.tdro.rows.duplicates.Nearness;

/**
 * The search for duplicates among generated texts: how long it takes, and what of planted changes it finds. Texts have as many words as the
 * benchmark says; their words are drawn from 50,000, frequent ones often, as by Zipf.
 *
 * @param texts that are looked for
 * @param known in which they are looked for
 * @param words fewest of a text
 * @param moreWords at most so many more
 * @param nearness of texts that count as the same
 */
public record DuplicateBenchmark(
    int texts, int known, int words, int moreWords, Nearness nearness, int threads, long seed) {
  private static final int VOCABULARY = 50_000;
  private static final int CHUNK = 1024;

  /** One in so many texts is a changed copy of a known one. */
  private static final int PLANTED = 50;

  private static final int NEW = 0;
  private static final int KNOWN = 1;

  public DuplicateBenchmark {
    new Checks()
        .atLeast(1, "texts", texts)
        .atLeast(1, "known", known)
        .atLeast(1, "words", words)
        .atLeast(1, "moreWords", moreWords)
        .atLeast(1, "threads", threads)
        .done();
  }

  /** What was done to a planted copy. */
  public enum Change {
    CASE,
    PUNCTUATION,
    TWO_WORDS_SWAPPED,
    WORD_LEFT_OUT,
    WORD_REPLACED;

    private String of(String text, long draw) {
      var words = new ArrayList<>(List.of(text.split(" ")));
      int place = CounterRandom.below(words.size(), draw);
      switch (this) {
        case CASE -> words.replaceAll(word -> word.toUpperCase(Locale.ROOT));
        case PUNCTUATION -> words.replaceAll(word -> "“" + word + "”, ");
        case TWO_WORDS_SWAPPED -> Collections.swap(words, place, (place + 1) % words.size());
        case WORD_LEFT_OUT -> words.remove(place);
        case WORD_REPLACED -> words.set(place, "replaced");
      }
      return String.join(" ", words);
    }
  }

  /**
   * The result.
   *
   * @param buildSeconds the time that it took to generate and index the known texts
   * @param searchSeconds the time that it took to generate and look for the others
   * @param planted copies by their change
   * @param found of these, those that were found
   * @param others texts that were found although they are not copies
   * @param peakMib the peak of the resident memory; empty if the system does not report it
   */
  public record Result(
      double buildSeconds,
      double searchSeconds,
      Map<Change, Integer> planted,
      Map<Change, Integer> found,
      int others,
      OptionalDouble peakMib) {}

  private record Generated(String text, Change change) {}

  private record Searched(Generated text, Optional<Match> match) {}

  /** Measures. */
  public Result run() {
    long start = System.nanoTime();
    var builder = new KnownTexts.Builder();
    IntStream.range(0, known)
        .forEach(i -> builder.add(new KnownText("set", Integer.toString(i), text(KNOWN, i))));
    var index = builder.build(Optional.of(nearness));
    long built = System.nanoTime();
    var planted = new EnumMap<Change, Integer>(Change.class);
    var found = new EnumMap<Change, Integer>(Change.class);
    int[] others = new int[1];
    Iterator<Integer> chunks =
        Stream.iterate(0, from -> from < texts, from -> from + CHUNK).iterator();
    OrderedParallel.forEach(
        chunks,
        threads,
        from -> IntStream.range(from, Math.min(texts, from + CHUNK))
            .mapToObj(this::generated)
            .map(text -> new Searched(text, index.find(text.text())))
            .toList(),
        searched -> searched.forEach(each -> {
          var change = each.text().change();
          if (change != null) {
            planted.merge(change, 1, Integer::sum);
            found.merge(change, each.match().isPresent() ? 1 : 0, Integer::sum);
          } else if (each.match().isPresent()) {
            others[0]++;
          }
        }));
    long end = System.nanoTime();
    return new Result(
        (built - start) / 1e9,
        (end - built) / 1e9,
        planted,
        found,
        others[0],
        ProcessUsage.peakMib());
  }

  private Generated generated(int i) {
    if (i % PLANTED != 0) {
      return new Generated(text(NEW, i), null);
    }
    int copy = i / PLANTED;
    var change = Change.values()[copy % Change.values().length];
    var original = text(KNOWN, CounterRandom.below(known, CounterRandom.bits(seed, 2, i)));
    return new Generated(change.of(original, CounterRandom.bits(seed, 3, i)), change);
  }

  private String text(int kind, int number) {
    int length = words + CounterRandom.below(moreWords, CounterRandom.bits(seed, kind, number));
    var text = new StringBuilder(8 * length);
    for (int w = 0; w < length; w++) {
      double uniform = (CounterRandom.bits(seed, kind, number, w) >>> 11) * 0x1p-53;
      int word = (int) Math.pow(VOCABULARY, uniform);
      text.append(w == 0 ? "" : " ")
          .append(Integer.toString(word * 7919 + 1296, Character.MAX_RADIX));
    }
    return text.toString();
  }
}
