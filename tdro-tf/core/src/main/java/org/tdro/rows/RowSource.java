package org.tdro.rows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.tdro.io.InputException;

/**
 * The training rows of one domain, in an order that never changes; all have scores, or none. Each format has an implementation; code that works on rows
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

    /** Returns about how many characters the row has, so that chunks of very long ones hold fewer. */
    long length();
  }

  /**
   * Returns the remaining rows, {@code count} at a time, or fewer if they are very long; the iterator throws an {@link InputException} naming what cannot be read.
   */
  Iterator<List<Unparsed>> chunks(int count);

  @Override
  void close();

  /**
   * Opens a file or folder of rows, whose form is recognised.
   *
   * @throws InputException if it is missing or cannot be read
   */
  static RowSource open(Path source) {
    return open(source, RowOptions.RECOGNISE);
  }

  /**
   * Opens a file of rows in any of the {@link RowFormat formats}, or a folder that is one domain, such as one of BEIR.
   *
   * @throws InputException if it is missing or cannot be read
   */
  static RowSource open(Path source, RowOptions options) {
    return options.onError() == RowOptions.OnError.SKIP
        ? SkippingRows.of(source, () -> opened(source, options))
        : opened(source, options);
  }

  private static RowSource opened(Path source, RowOptions options) {
    if (Files.isDirectory(source)) {
      return RowFolder.of(source)
          .orElseThrow(() -> new InputException(
              source + ": is a folder, but not one whose files are the rows of one domain"))
          .open(options);
    }
    if (TripleRows.isOne(source, options)) {
      return TripleRows.ofTexts(source);
    }
    if (options.format().filter(RowFormat::isFolder).isPresent()) {
      throw new InputException(source + ": is a file; name the folder of the collection");
    }
    return RecordRows.open(source, List.of(source), options);
  }
}
