package org.tdro.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The JSON objects of a {@code .jsonl[.gz]} file, one a line, each with an {@code _id} of its own. */
public final class JsonLines implements AutoCloseable {
  private final TextLines lines;
  private final Set<String> ids = new HashSet<>();
  private TextLines.Line line;

  public JsonLines(Path file) {
    this.lines = TextLines.open(file);
  }

  /**
   * The next object, or null at the end.
   *
   * @throws InputException for malformed JSON, an {@code _id} that is missing or was there before; the next call goes on with
   *     the line after
   */
  public JsonNode next() {
    line = lines.next();
    if (line == null) {
      return null;
    }
    var object = line.object();
    var id = text(object, "_id", null);
    if (!ids.add(id)) {
      throw problem("_id '" + id + "' was there before");
    }
    return object;
  }

  /**
   * A string of the object that {@link #next} gave last.
   *
   * @param otherwise the value where the key is absent or null; null if it must be there
   */
  public String text(JsonNode object, String key, String otherwise) {
    var value = object.path(key);
    if (value.isTextual()) {
      return value.textValue();
    }
    if (otherwise == null || !(value.isMissingNode() || value.isNull())) {
      throw problem(
          "needs a string '" + key + "'" + (value.isMissingNode() ? "" : ", was " + value));
    }
    return otherwise;
  }

  private InputException problem(String problem) {
    return new InputException(line.place() + ": " + problem);
  }

  @Override
  public void close() {
    lines.close();
  }
}
