package org.tdro.evaluation.sets;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;

/**
 * The judgements by which sets are evaluated: {@code test}, {@code dev}, {@code train}.
 *
 * @param usual the split of sets that have none of their own
 * @param bySet by the name of a set, or of the whole that it is a part of
 */
public record Splits(String usual, Map<String, String> bySet) {
  /** The split {@code test} of every set. */
  public static final Splits TEST = of(EvaluationSet.TEST);

  public Splits {
    bySet = Map.copyOf(bySet);
  }

  /** Returns the same split for every set. */
  public static Splits of(String split) {
    return new Splits(split, Map.of());
  }

  /**
   * Reads {@code SPLIT} and {@code SET=SPLIT}.
   *
   * @throws IllegalArgumentException if a split cannot be the name of one
   */
  public static Splits parse(Collection<String> texts) {
    var usual = EvaluationSet.TEST;
    var bySet = new LinkedHashMap<String, String>();
    for (var text : texts) {
      int equals = text.lastIndexOf('=');
      var split = text.substring(equals + 1);
      if (!isSplit(split)) {
        throw new IllegalArgumentException(
            "must be the name of a file in qrels without .tsv, such as test, was '" + split + "'");
      }
      if (equals < 0) {
        usual = split;
      } else {
        bySet.put(text.substring(0, equals), split);
      }
    }
    return new Splits(usual, bySet);
  }

  /** Reads what {@link #toString} writes: {@code SPLIT} and {@code SET=SPLIT}, separated by commas. */
  public static Splits parse(String text) {
    return parse(List.of(text.split(",")));
  }

  /** Returns what is wrong with a text that {@link #parse(String)} reads, as the end of a sentence; empty if nothing is. */
  public static String wrong(String text) {
    try {
      parse(text);
      return "";
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Returns whether a text can name a split: it is neither a path nor the name of a file. */
  public static boolean isSplit(String text) {
    return !text.isBlank()
        && !text.contains("/")
        && !text.contains("\\")
        && !text.matches(".+\\.(tsv|txt|jsonl)(\\.gz)?");
  }

  /** Returns these splits as {@link #parse(String)} reads them. */
  @Override
  public String toString() {
    return Stream.concat(
            Stream.of(usual),
            new TreeMap<>(bySet)
                .entrySet().stream().map(set -> set.getKey() + "=" + set.getValue()))
        .collect(Collectors.joining(","));
  }

  /** Returns the split of the set of a name. */
  public String ofSet(String name) {
    return bySet.getOrDefault(name, bySet.getOrDefault(EvaluationSet.whole(name), usual));
  }
}
