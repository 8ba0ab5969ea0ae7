package org.tdro.rows;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

/**
 * The training rows of one domain, in an order that never changes. Each format has an implementation; code that works on rows
 * (import, vocabulary, statistics) knows this interface only.
 */
public interface RowSource extends AutoCloseable {
  /** A row that is not parsed yet, so that other threads can parse it. */
  interface Unparsed {
    /** Returns the place of the row, such as {@code acl.jsonl:7}, with which messages begin. */
    String place();

    /**
     * Parses the row.
     *
     * @throws InputException listing all that is wrong with it
     */
    TrainingRow parse();
  }

  /**
   * Returns the remaining rows, {@code count} at a time; the iterator throws an {@link InputException} naming what cannot be read.
   */
  Iterator<List<Unparsed>> chunks(int count);

  @Override
  void close();

  /**
   * Opens a file of rows in the format of its name: {@code .jsonl}, or {@code .jsonl.gz}.
   *
   * @throws InputException if it is missing or cannot be read
   */
  static RowSource open(Path file) {
    return new JsonLinesRows(TextLines.open(file));
  }
}
