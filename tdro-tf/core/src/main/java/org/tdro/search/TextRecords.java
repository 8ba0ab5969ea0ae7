package org.tdro.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.rows.records.FileKind;
import org.tdro.rows.records.Records;

/**
 * The texts of a file with their ids: documents or queries. JSON lines, tables with a header, Parquet and Arrow have named columns; a table
 * whose first line names none of them is as MS MARCO's, an id and a text on each line.
 */
final class TextRecords implements AutoCloseable {
  private static final Pattern TAB = Pattern.compile("\\t");

  /**
   * The names of columns, of which the first that is there is read.
   *
   * @param what the texts are, in the plural
   */
  record Columns(String what, List<String> ids, List<String> texts) {}

  /**
   * A text.
   *
   * @param place {@code file:line}, for messages
   * @param title empty where there is none
   */
  record Text(String place, String id, String title, String text) {}

  /** Reads what follows; null at the end. */
  private interface Source extends AutoCloseable {
    Text next();

    @Override
    void close();
  }

  private final Source source;

  private TextRecords(Source source) {
    this.source = source;
  }

  /**
   * Opens a file.
   *
   * @throws InputException if it is missing, or of a kind that is not known
   */
  static TextRecords open(Path file, Columns columns) {
    var kind = FileKind.of(file);
    if (kind.isPresent() && !(kind.get() == FileKind.TSV && isWithoutHeader(file, columns))) {
      return new TextRecords(new Named(kind.get().open(file), columns));
    }
    if (kind.isEmpty()) {
      throw new InputException(
          "%s: its name has none of the endings %s (.gz and .zst may follow), which say how %s are read"
              .formatted(file, FileKind.endings(), columns.what()));
    }
    return new TextRecords(new Tabbed(TextLines.open(file)));
  }

  private static boolean isWithoutHeader(Path file, Columns columns) {
    try (var lines = TextLines.open(file)) {
      var first = lines.next();
      var names = first == null ? List.<String>of() : List.of(TAB.split(first.text(), -1));
      return !(names.stream().anyMatch(columns.ids()::contains)
          && names.stream().anyMatch(columns.texts()::contains));
    }
  }

  /** Returns the next text, or null at the end. */
  Text next() {
    return source.next();
  }

  @Override
  public void close() {
    source.close();
  }

  /**
   * Reads all texts of a file, and hands on those that are in order.
   *
   * @throws InputException listing malformed rows and repeated ids, or if there are no texts
   */
  static void readAll(Path file, Columns columns, Consumer<Text> texts) {
    var problems = new Problems();
    Set<String> ids = new HashSet<>();
    try (var records = open(file, columns)) {
      for (boolean more = true; more; ) {
        try {
          var text = records.next();
          more = text != null;
          if (more && !ids.add(text.id())) {
            problems.add(text.place() + ": id '" + text.id() + "' was there before");
          } else if (more) {
            texts.accept(text);
          }
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      }
    }
    problems.throwIfAny();
    if (ids.isEmpty()) {
      throw new InputException(file + ": holds no " + columns.what());
    }
  }

  /** Records with named columns. */
  private static final class Named implements Source {
    private final Records records;
    private final Columns columns;
    private boolean ended;

    Named(Records records, Columns columns) {
      this.records = records;
      this.columns = columns;
    }

    @Override
    public Text next() {
      if (ended) {
        return null;
      }
      // What cannot be read ends the file; what can be read and is wrong does not.
      ended = true;
      var record = records.next();
      if (record == null) {
        return null;
      }
      ended = false;
      var row = record.value();
      if (!row.isObject()) {
        throw new InputException(
            record.place() + ": is not a JSON object, but " + Json.describe(row));
      }
      var id = column(row, columns.ids(), record.place());
      if (!id.isTextual() && !id.isIntegralNumber()) {
        throw new InputException("%s: its id is %s, expected a string or a whole number"
            .formatted(record.place(), Json.describe(id)));
      }
      var text = column(row, columns.texts(), record.place());
      if (!text.isTextual()) {
        throw new InputException(
            "%s: its text is %s, expected a string".formatted(record.place(), Json.describe(text)));
      }
      return new Text(record.place(), id.asText(), title(row, record.place()), text.textValue());
    }

    private static String title(JsonNode row, String place) {
      var title = row.path("title");
      if (title.isMissingNode() || title.isNull()) {
        return "";
      }
      if (!title.isTextual()) {
        throw new InputException(
            "%s: title is %s, expected a string".formatted(place, Json.describe(title)));
      }
      return title.textValue();
    }

    private static JsonNode column(JsonNode row, List<String> names, String place) {
      return names.stream()
          .map(row::path)
          .filter(value -> !value.isMissingNode() && !value.isNull())
          .findFirst()
          .orElseThrow(
              () -> new InputException(place + ": has none of " + String.join(", ", names)));
    }

    @Override
    public void close() {
      records.close();
    }
  }

  /** An id and a text on each line, separated by a tab; no quotes. */
  private record Tabbed(TextLines lines) implements Source {
    @Override
    public Text next() {
      var line = lines.next();
      if (line == null) {
        return null;
      }
      var fields = TAB.split(line.text(), -1);
      if (fields.length != 2 || fields[0].isBlank()) {
        throw new InputException("%s: expected an id and a text separated by a tab, found %s"
            .formatted(line.place(), fields[0].isBlank() ? "no id" : fields.length + " fields"));
      }
      return new Text(line.place(), fields[0], "", fields[1]);
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
