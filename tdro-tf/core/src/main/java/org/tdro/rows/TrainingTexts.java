package org.tdro.rows;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.text.WordCounts;

/**
 * The texts of training rows from which a vocabulary is learned: queries and positives. Negatives are left out, since most of them
 * are positives of other rows and would be counted many times.
 */
public final class TrainingTexts {
  private static final int CHUNK_ROWS = 256;

  private TrainingTexts() {}

  /**
   * Counts the words of all queries and positive passages.
   *
   * @throws InputException at the first wrong row
   */
  public static void count(Collection<Path> files, WordCounts counts, int threads) {
    for (var file : files) {
      try (var reader = RowSource.open(file)) {
        OrderedParallel.forEach(
            reader.chunks(CHUNK_ROWS), threads, rows -> add(rows, counts), added -> {});
      }
    }
  }

  private static int add(List<RowSource.Unparsed> rows, WordCounts counts) {
    counts.add(
        rows.stream().map(RowSource.Unparsed::parse).flatMap(TrainingTexts::of).toList());
    return rows.size();
  }

  private static Stream<String> of(TrainingRow row) {
    return Stream.concat(Stream.of(row.query()), row.positives().stream().map(Passage::content));
  }
}
