package org.tdro.data;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.tdro.text.WordCounts;

/** The texts of training rows, for learning a vocabulary. */
public final class TrainingTexts {
  private static final int CHUNK_LINES = 256;

  private TrainingTexts() {}

  /**
   * Counts the words of all queries and passages.
   *
   * @throws DataException at the first wrong row
   */
  public static void count(Collection<Path> files, WordCounts counts, int threads) {
    for (var file : files) {
      try (var reader = JsonlReader.open(file)) {
        OrderedParallel.forEach(
            reader.chunks(CHUNK_LINES), threads, lines -> add(lines, counts), added -> {});
      }
    }
  }

  private static int add(List<JsonlReader.Line> lines, WordCounts counts) {
    counts.add(
        lines.stream().map(TrainingRow::parse).flatMap(TrainingRow::texts).toList());
    return lines.size();
  }
}
