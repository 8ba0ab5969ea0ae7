package org.tdro.rows.statistics;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.CounterRandom;
import org.tdro.rows.Passage;
import org.tdro.rows.TrainingRow;

/** The languages of at most {@value #ROWS} rows, since a guess takes long: those whose query ids have the smallest hashes, wherever they are. */
final class LanguageSample {
  static final int ROWS = 500;

  private static final long STREAM = 0x6c616e6775616765L;

  private final LanguageDetector detector;
  private final PriorityQueue<Sampled> rows =
      new PriorityQueue<>(Comparator.comparingLong(Sampled::hash).reversed());

  private record Sampled(long hash, List<String> texts) {}

  LanguageSample(LanguageDetector detector) {
    this.detector = detector;
  }

  void add(TrainingRow row) {
    long hash = CounterRandom.bits(
        STREAM, CounterRandom.fnv1a(row.queryId().getBytes(StandardCharsets.UTF_8)));
    if (rows.size() == ROWS) {
      if (hash >= rows.element().hash()) {
        return;
      }
      rows.remove();
    }
    rows.add(new Sampled(
        hash,
        Stream.concat(Stream.of(row.query()), row.positives().stream().map(Passage::content))
            .toList()));
  }

  /** Returns how many queries and positives of the sample are in each language. */
  SortedMap<String, Long> counts() {
    return rows.stream().flatMap(row -> row.texts().stream()).toList().parallelStream()
        .map(detector::of)
        .collect(Collectors.groupingBy(language -> language, TreeMap::new, Collectors.counting()));
  }
}
