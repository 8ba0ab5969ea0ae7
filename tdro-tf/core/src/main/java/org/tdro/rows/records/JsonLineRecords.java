package org.tdro.rows.records;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import org.tdro.io.Compression;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.TextLines;

/** A JSON value on each line. */
record JsonLineRecords(Path file, TextLines lines) implements Records {
  /** The values at the start of an object among which its list of records is looked for. */
  private static final int PEEKED = 1000;

  /**
   * Opens a file.
   *
   * @throws InputException if its first object takes several lines, so that none of them is a record
   */
  static Records open(Path file) {
    if (!beginsWithValue(file)) {
      refuseObjectOfLines(file);
    }
    return new JsonLineRecords(file, TextLines.open(file));
  }

  /** Returns whether one of the first two lines is a value. */
  private static boolean beginsWithValue(Path file) {
    try (var lines = TextLines.open(file)) {
      for (int i = 0; i < 2; i++) {
        var line = lines.next();
        if (line == null || isValue(line)) {
          return line != null;
        }
      }
      return false;
    } catch (InputException e) {
      // Reported when the line is read as a record.
      return true;
    }
  }

  private static boolean isValue(TextLines.Line line) {
    try {
      return Json.value(line.text(), line.place()).isContainerNode();
    } catch (InputException e) {
      return false;
    }
  }

  private static void refuseObjectOfLines(Path file) {
    try (var parser = Json.parser(Compression.read(file))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      int first = line(parser);
      String list = null;
      for (int i = 0; i < PEEKED && list == null && parser.nextToken() != null; i++) {
        var around = parser.getParsingContext().getParent();
        if (around == null) {
          break;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY
            && around.getParent().inRoot()
            && (parser.nextToken() == JsonToken.START_OBJECT
                || parser.currentToken() == JsonToken.START_ARRAY)) {
          list = around.getCurrentName();
        }
      }
      if (line(parser) > first || (parser.nextToken() != null && line(parser) > first)) {
        throw new InputException(
            "%s:%d: is an object of several lines, expected a list of records, or one on each line; %s"
                .formatted(
                    file, first, list == null ? "jq -c . writes it so" : Records.fromList(list)));
      }
    } catch (IOException e) {
      // Not JSON: reported line by line.
    }
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
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
    try {
      var line = lines.next();
      return line == null ? null : new OfLine(line);
    } catch (InputException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        return new Unreadable(file + ":" + lines.number(), e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    lines.close();
  }
}
