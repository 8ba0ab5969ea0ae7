package org.tdro.rows.records;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.TextLines;

/** A JSON value on each line. */
record JsonLineRecords(TextLines lines) implements Records {
  static Records open(Path file) {
    return new JsonLineRecords(TextLines.open(file));
  }

  private record OfLine(TextLines.Line line) implements Unparsed {
    @Override
    public String place() {
      return line.place();
    }

    @Override
    public JsonNode value() {
      var value = Json.value(line.text(), line.place());
      if (!value.isContainerNode()) {
        throw new InputException(
            line.place() + ": is not a JSON object, but " + Json.describe(value));
      }
      return value;
    }

    @Override
    public long length() {
      return line.text().length();
    }
  }

  @Override
  public Unparsed next() {
    var line = lines.next();
    return line == null ? null : new OfLine(line);
  }

  @Override
  public void close() {
    lines.close();
  }
}
