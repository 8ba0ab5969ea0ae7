package org.tdro.search.texts;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** A form of files that hold documents or queries. */
@FunctionalInterface
public interface TextFormat {
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
     * @throws InputException if it is malformed; the next call returns the text after it
     */
    Text next();

    /**
     * Reads the texts that are left, and hands on those that are in order.
     *
     * @param ids those of earlier texts, to which those of these are added
     * @param problems to which malformed texts and repeated ids are added
     */
    default void forEach(Set<String> ids, Problems problems, Consumer<Text> texts) {
      for (boolean more = true; more; ) {
        try {
          var text = next();
          more = text != null;
          if (more && !ids.add(text.id())) {
            problems.add(text.place() + ": the id '" + text.id() + "' was there before");
          } else if (more) {
            texts.accept(text);
          }
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      }
    }

    @Override
    void close();
  }
}
