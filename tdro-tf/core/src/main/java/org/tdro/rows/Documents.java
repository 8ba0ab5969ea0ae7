package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.TextLines;
import org.tdro.rows.records.FileKind;
import org.tdro.rows.records.LineIndex;
import org.tdro.rows.records.Records;

/**
 * The documents, or the queries, of a collection by their ids. Their texts stay in the file, see {@link LineIndex}; those of a table,
 * of Arrow and of Parquet are first written to a temporary file. Thread-safe.
 */
final class Documents implements AutoCloseable {
  /** Names of an id, of which the first that a document has counts. */
  static final List<String> IDS =
      List.of("docid", "_id", "doc_id", "id", "pid", "passage_id", "psg_id", "query_id");

  /** Names of a text, of which the first that a document has counts. */
  static final List<String> TEXTS = List.of("text", "contents", "passage", "body", "query_text");

  private static final String TITLE = "title";
  private static final String TAB = "\t";

  private final Path file;
  private final LineIndex lines;
  private final boolean isTabbed;

  private Documents(Path file, LineIndex lines, boolean isTabbed) {
    this.file = file;
    this.lines = lines;
    this.isTabbed = isTabbed;
  }

  /**
   * Reads a file of objects with an id, a text and, if there is one, a title.
   *
   * @throws InputException listing what is wrong with it, such as an id that is there twice
   */
  static Documents of(Path file) {
    return FileKind.of(file).orElse(null) == FileKind.JSON_LINES
        ? checked(file, LineIndex.of(file, Documents::idOfObject), false)
        : checked(
            file,
            LineIndex.ofTemporary(file, Documents::idOfObject, temporary -> copy(file, temporary)),
            false);
  }

  /** Reads a file of MS MARCO, an id and a text on each line, separated by a tab and never quoted. */
  static Documents ofTabs(Path file) {
    return checked(file, LineIndex.of(file, Documents::idOfTabs), true);
  }

  private static Documents checked(Path file, LineIndex lines, boolean isTabbed) {
    try {
      lines.checkUnique();
      return new Documents(file, lines, isTabbed);
    } catch (InputException e) {
      lines.close();
      throw e;
    }
  }

  private static void copy(Path file, Path temporary) throws IOException {
    try (var records = Records.open(file);
        var out = TextLines.writer(temporary, temporary)) {
      for (var record = records.next(); record != null; record = records.next()) {
        var read = passage(record.value(), record.place());
        out.write(Json.object()
            .put("docid", read.id())
            .put(TITLE, read.title())
            .put("text", read.text())
            .toString());
        out.write('\n');
      }
    }
  }

  private static String idOfObject(TextLines.Line line) {
    return id(line.object(), line.place());
  }

  private static String idOfTabs(TextLines.Line line) {
    int tab = line.text().indexOf(TAB);
    if (tab <= 0) {
      throw new InputException(line.place() + ": has no id and text, separated by a tab");
    }
    return line.text().substring(0, tab);
  }

  private static String id(JsonNode document, String place) {
    return value(document, IDS, true, place).asText();
  }

  private static Passage passage(JsonNode document, String place) {
    var title = document.path(TITLE);
    if (!title.isTextual() && !title.isNull() && !title.isMissingNode()) {
      throw new InputException(
          "%s: title is %s, expected a string".formatted(place, Json.describe(title)));
    }
    return new Passage(
        id(document, place),
        title.asText("").strip(),
        value(document, TEXTS, false, place).textValue());
  }

  /** Returns the first value of an id or a text. */
  private static JsonNode value(JsonNode document, List<String> keys, boolean isId, String place) {
    return keys.stream()
        .map(document::path)
        .filter(value -> value.isTextual() || (isId && value.isNumber()))
        .findFirst()
        .orElseThrow(() -> new InputException(place + ": "
            + keys.stream()
                .filter(document::hasNonNull)
                .findFirst()
                .map(key -> "%s is %s, expected a string%s"
                    .formatted(key, Json.describe(document.get(key)), isId ? " or a number" : ""))
                .orElseGet(() -> "has %s, none of them %s (%s)"
                    .formatted(
                        RowForm.keys(document),
                        isId ? "an id" : "a text",
                        String.join(", ", keys)))));
  }

  /** Returns the file, for messages. */
  Path file() {
    return file;
  }

  /**
   * Returns a document.
   *
   * @throws InputException if it has no text
   */
  Optional<Passage> find(String id) {
    return lines.all(id).stream().findFirst().map(this::passage);
  }

  private Passage passage(TextLines.Line line) {
    if (!isTabbed) {
      return passage(line.object(), line.place());
    }
    var fields = line.text().split(TAB, 2);
    return new Passage(fields[0], "", fields[1]);
  }

  @Override
  public void close() {
    lines.close();
  }
}
