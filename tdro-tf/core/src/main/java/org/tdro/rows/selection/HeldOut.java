package org.tdro.rows.selection;

import java.io.IOException;
import java.nio.file.Path;
import org.tdro.rows.TrainingRow;

/** Where the rows of a domain go that are held out of training. */
public interface HeldOut extends AutoCloseable {
  /** A form of held-out rows. */
  @FunctionalInterface
  interface Form {
    /**
     * Opens what is to be written of a domain.
     *
     * @param folder for all domains; may not exist yet
     * @param source the domain's file
     */
    HeldOut open(Path folder, String domain, Path source) throws IOException;
  }

  /**
   * Takes a row of the domain, in the order of the file. Those that stay in training come, too, since their passages are among those that
   * held-out queries are searched in.
   */
  void add(TrainingRow row, boolean heldOut) throws IOException;

  /**
   * Writes what needs all rows of the domain, after the last of them.
   *
   * @return the number of queries that got another id than theirs, since that is the id of a document
   */
  long complete() throws IOException;

  @Override
  void close() throws IOException;
}
