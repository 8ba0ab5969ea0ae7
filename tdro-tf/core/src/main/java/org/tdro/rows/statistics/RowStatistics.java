package org.tdro.rows.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.tdro.rows.DomainRows;
import org.tdro.rows.Fold;
import org.tdro.rows.Passage;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.NormalText;
import org.tdro.rows.duplicates.RepeatedRows;
import org.tdro.rows.statistics.DomainStatistics.Texts;

/**
 * Statistics of files of rows.
 *
 * @param domains sizes and lengths, in the order of the domains' names
 * @param repeated rows that repeat others, by domain
 * @param scripts how many queries and positives are in each script, by domain
 * @param languages how many queries and positives of a sample of the rows are in each language, by ISO 639-3, or {@code unsure}, by domain
 * @param overlaps what the domains share with evaluation sets, where they share anything
 */
public record RowStatistics(
    List<DomainStatistics> domains,
    SortedMap<String, RepeatedRows> repeated,
    SortedMap<String, SortedMap<String, Long>> scripts,
    SortedMap<String, SortedMap<String, Long>> languages,
    List<EvaluationOverlap> overlaps) {

  /** What is counted of a row. */
  private record Facts(Texts query, Texts positives, Texts negatives, List<String> scripts) {
    static Facts of(TrainingRow row, ToIntFunction<String> length) {
      return new Facts(
          texts(Stream.of(row.query()), length),
          texts(row.positives().stream().map(Passage::content), length),
          texts(row.negatives().stream().map(Passage::content), length),
          Stream.concat(Stream.of(row.query()), row.positives().stream().map(Passage::content))
              .map(Scripts::of)
              .toList());
    }

    private static Texts texts(Stream<String> texts, ToIntFunction<String> length) {
      var list = texts.toList();
      return new Texts(
          list.stream().mapToLong(text -> NormalText.of(text).hash()).toArray(),
          list.stream().mapToInt(length).toArray());
    }
  }

  /** Returns the length of a text in characters (code points). */
  public static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Reads rows. Takes about 100 bytes a row and 8 a negative.
   *
   * @param length of a text, in any unit; called by several threads
   * @throws org.tdro.io.InputException listing the first problems of the rows
   */
  public static RowStatistics of(
      DomainRows rows, ToIntFunction<String> length, EvaluationOverlap.Sets sets) {
    var domains = new ArrayList<DomainStatistics>();
    var repeated = new RepeatedRows.Comparison();
    var scripts = new TreeMap<String, SortedMap<String, Long>>();
    var languages = new TreeMap<String, SortedMap<String, Long>>();
    var overlaps = new ArrayList<EvaluationOverlap>();
    var detector = LanguageDetector.load();
    rows.forEachDomain(domain -> {
      var tally = new DomainStatistics.Tally();
      var writing = new Scripts();
      var language = new LanguageSample(detector);
      var overlap = new EvaluationOverlap.Tally(sets);
      rows.read(domain, row -> Facts.of(row, length), (row, facts) -> {
        tally.add(Fold.of(row.queryId()), facts.query(), facts.positives(), facts.negatives());
        facts.scripts().forEach(writing::add);
        language.add(row);
        long query = facts.query().hashes()[0];
        repeated.add(domain, query, facts.positives().hashes());
        overlap.add(row, query, facts.positives().hashes());
      });
      domains.add(tally.statistics(domain));
      scripts.put(domain, writing.counts());
      languages.put(domain, language.counts());
      overlaps.addAll(overlap.overlaps(domain));
    });
    return new RowStatistics(domains, repeated.result(), scripts, languages, overlaps);
  }
}
