package org.tdro.rows.records;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/** The records of a file, in its order and one at a time: a line of JSON, an item of a list, or a row of a table. */
public interface Records extends AutoCloseable {
  /** A record that may not be parsed yet, so that other threads can parse it. */
  interface Unparsed {
    /** Returns the place of the record, such as {@code pairs.csv:7}, with which messages begin. */
    String place();

    /**
     * Parses the record.
     *
     * @return an object, or a list where the file holds lists
     * @throws InputException if it is malformed
     */
    JsonNode value();

    /** Returns about how many characters the record has. */
    long length();
  }

  /** A record that was parsed when it was read. */
  record Parsed(String place, JsonNode value) implements Unparsed {
    @Override
    public long length() {
      return length(value);
    }

    private static long length(JsonNode value) {
      long length = value.isTextual() ? value.textValue().length() : 1;
      for (var item : value) {
        length += length(item);
      }
      return length;
    }
  }

  /** A record that cannot be read; those after it can. */
  record Unreadable(String place, InputException problem) implements Unparsed {
    @Override
    public JsonNode value() {
      throw problem;
    }

    @Override
    public long length() {
      return 0;
    }
  }

  /**
   * Returns the next record, or null at the end.
   *
   * @throws InputException if neither it nor what follows can be read
   */
  Unparsed next();

  @Override
  void close();

  /**
   * Opens a file.
   *
   * @throws InputException if it is missing, damaged or of a kind that is not known
   */
  static Records open(Path file) {
    return FileKind.of(file)
        .orElseThrow(() -> new InputException(file + ": its name has none of the endings "
            + FileKind.endings() + ", with .gz or .zst after those of texts"))
        .open(file);
  }

  /** Opens files as one, the parts of a large one; each is opened when the one before it has ended. */
  static Records open(List<Path> parts) {
    var left = new ArrayDeque<>(parts);
    return new Records() {
      private Records current = open(left.remove());

      @Override
      public Unparsed next() {
        while (true) {
          var next = current.next();
          if (next != null || left.isEmpty()) {
            return next;
          }
          current.close();
          current = open(left.remove());
        }
      }

      @Override
      public void close() {
        current.close();
      }
    };
  }

  /** Returns how the records of a list within an object are written as lines, for a message. */
  static String fromList(String key) {
    return "jq -c '.%s[]' writes the items of its list so"
        .formatted(key.matches("\\w+") ? key : Json.line(List.of(key)));
  }
}
