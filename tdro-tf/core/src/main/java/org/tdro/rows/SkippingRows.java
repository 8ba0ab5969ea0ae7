package org.tdro.rows;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** Rows without those that cannot be read, which are counted; the first are named when all have been read. */
final class SkippingRows extends ChunkedRows {
  private static final Logger LOG = LoggerFactory.getLogger(SkippingRows.class);
  private static final int CHUNK_ROWS = 256;

  private final Path source;
  private final RowSource rows;
  private Iterator<List<Unparsed>> chunks;
  private final Deque<Unparsed> chunk = new ArrayDeque<>();
  private final Problems problems = new Problems();
  private long read;
  private long skipped;
  private boolean ended;

  private SkippingRows(Path source, RowSource rows) {
    this.source = source;
    this.rows = rows;
  }

  /**
   * Reads rows of {@code source}, which are closed with these.
   *
   * @throws InputException of what is no single row, and cannot be skipped
   */
  static RowSource of(Path source, Supplier<RowSource> rows) {
    return new SkippingRows(source, unskippable(rows));
  }

  private static <T> T unskippable(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InputException e) {
      var problems = new ArrayList<>(e.problems());
      problems.add("--on-error skip leaves single rows out, and this is more than one");
      throw new InputException(problems);
    }
  }

  private record Parsed(String place, TrainingRow row, long length) implements Unparsed {
    @Override
    public TrainingRow parse() {
      return row;
    }
  }

  @Override
  Unparsed next() {
    if (chunks == null) {
      chunks = unskippable(() -> rows.chunks(CHUNK_ROWS));
    }
    while (true) {
      while (chunk.isEmpty()) {
        if (!chunks.hasNext()) {
          end();
          return null;
        }
        chunk.addAll(unskippable(chunks::next));
      }
      var row = chunk.remove();
      read++;
      try {
        return new Parsed(row.place(), row.parse(), row.length());
      } catch (InputException e) {
        skipped++;
        problems.addAll(e.problems());
      }
    }
  }

  private void end() {
    if (skipped > 0 && !ended) {
      LOG.warn(
          "{}: {} of {} rows are skipped:\n{}",
          source,
          skipped,
          read,
          String.join("\n", problems.list()));
    }
    ended = true;
  }

  @Override
  public void close() {
    rows.close();
  }
}
