package org.tdro.rows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.io.Problems;
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
   * @throws InputException listing the first {@value Problems#SHOWN} problems of the rows
   */
  public static void count(Collection<Path> files, WordCounts counts, int threads) {
    count(files, RowOptions.RECOGNISE, counts, threads);
  }

  /** Counts words as {@link #count(Collection, WordCounts, int)}, of rows that are read in the way that {@code options} says. */
  public static void count(
      Collection<Path> files, RowOptions options, WordCounts counts, int threads) {
    var problems = new Problems();
    for (var file : files) {
      if (problems.isFull()) {
        break;
      }
      try (var reader = RowSource.open(file, options)) {
        OrderedParallel.forEach(
            reader.chunks(CHUNK_ROWS), threads, rows -> add(rows, counts), found -> {
              problems.fill(found);
              if (problems.isFull()) {
                problems.throwIfAny();
              }
            });
      } catch (InputException e) {
        problems.fill(e.problems());
      }
    }
    problems.throwIfAny();
  }

  /** Counts the words of rows and returns what is wrong with the others. */
  private static List<String> add(List<RowSource.Unparsed> rows, WordCounts counts) {
    var texts = new ArrayList<String>();
    var problems = new ArrayList<String>();
    for (var row : rows) {
      try {
        of(row.parse()).forEach(texts::add);
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    counts.add(texts);
    return problems;
  }

  private static Stream<String> of(TrainingRow row) {
    return Stream.concat(Stream.of(row.query()), row.positives().stream().map(Passage::content));
  }
}
