package org.tdro.evaluation.sets;

import java.nio.file.Path;

/** A form of files that hold documents or queries. */
@FunctionalInterface
interface TextFormat {
  /** Opens a file. */
  Reader open(Path file);

  /**
   * A document or a query.
   *
   * @param place {@code file:line}, for messages
   * @param title empty where there is none, as of queries
   */
  record Text(String place, String id, String title, String text) {}

  /** Reads the texts of a file one after the other. */
  interface Reader extends AutoCloseable {
    /**
     * Returns the next text, or null at the end.
     *
     * @throws org.tdro.io.InputException if it is malformed; the next call returns the text after it
     */
    Text next();

    @Override
    void close();
  }
}
