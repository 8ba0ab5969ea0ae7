package org.tdro.search.texts;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.rows.records.FileKind;
import org.tdro.rows.records.Records;

/**
 * Texts as records with named columns: lines of JSON, tables with a header, Parquet, Arrow. An id is a string or a whole number, and the
 * column {@code title} may be missing.
 *
 * @param ids the columns of the id; the first that is there is read
 * @param texts the columns of the text, likewise
 * @param instruction a column whose text follows the text, as MTEB joins them, if there is such a column
 */
public record RecordTexts(List<String> ids, List<String> texts, Optional<String> instruction)
    implements TextFormat {
  /** The columns of documents in files of many programs: BEIR, MTEB, Tevatron, Anserini, ir_datasets. */
  public static final RecordTexts DOCUMENTS = new RecordTexts(
      List.of("_id", "docid", "doc_id", "docno", "id", "pid"),
      List.of("text", "contents", "passage", "body"));

  /** The columns of queries in such files. */
  public static final RecordTexts QUERIES = new RecordTexts(
      List.of("_id", "query_id", "qid", "id"), List.of("text", "query", "question"));

  private static final String TITLE = "title";

  public RecordTexts {
    ids = List.copyOf(ids);
    texts = List.copyOf(texts);
  }

  /** Texts without instructions. */
  public RecordTexts(List<String> ids, List<String> texts) {
    this(ids, texts, Optional.empty());
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if its name does not tell the kind of file
   */
  @Override
  public Reader open(Path file) {
    return new Rows(Records.open(file));
  }

  /** Opens a file of JSON lines, whatever its name is. */
  public Reader openLines(Path file) {
    return new Rows(FileKind.JSON_LINES.open(file));
  }

  /** Returns a text with an instruction, which may be empty, as MTEB joins them. */
  public static String instructed(String text, String instruction) {
    return instruction.isEmpty() ? text : text + " " + instruction;
  }

  private final class Rows implements Reader {
    private final Records records;
    private boolean ended;

    Rows(Records records) {
      this.records = records;
    }

    @Override
    public Text next() {
      if (ended) {
        return null;
      }
      // What follows damage in a file cannot be read; what follows a row that is wrong can.
      ended = true;
      var row = records.next();
      ended = row == null;
      return row == null ? null : text(row.place(), row.value());
    }

    @Override
    public void close() {
      records.close();
    }
  }

  private Text text(String place, JsonNode row) {
    if (!row.isObject()) {
      throw new InputException(place + ": is not a JSON object, but " + Json.describe(row));
    }
    var id = column(row, ids, place);
    if (!id.isTextual() && !id.isIntegralNumber()) {
      throw new InputException("%s: its id is %s, expected a string or a whole number"
          .formatted(place, Json.describe(id)));
    }
    if (id.asText().isBlank()) {
      throw new InputException(place + ": its id is empty");
    }
    var text = string(column(row, texts, place), "its text", place);
    return new Text(
        place,
        id.asText(),
        optional(row, TITLE, place),
        instructed(text, instruction.map(name -> optional(row, name, place)).orElse("")));
  }

  private static JsonNode column(JsonNode row, List<String> names, String place) {
    return names.stream()
        .filter(row::hasNonNull)
        .findFirst()
        .map(row::get)
        .orElseThrow(() -> new InputException(place
            + (names.size() == 1 ? ": has no " : ": has none of ")
            + String.join(", ", names)));
  }

  private static String optional(JsonNode row, String name, String place) {
    return row.hasNonNull(name) ? string(row.get(name), name, place) : "";
  }

  private static String string(JsonNode value, String what, String place) {
    if (!value.isTextual()) {
      throw new InputException(
          "%s: %s is %s, expected a string".formatted(place, what, Json.describe(value)));
    }
    return value.textValue();
  }
}
