package org.tdro.evaluation.sets;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.tdro.io.InputException;
import org.tdro.rows.records.Records;

/**
 * The rows of MTEB's data sets, in any of the files that {@link Records} reads: {@code _id} or {@code id}, a string or an integer, {@code
 * title}, which may be null, and {@code text}.
 */
enum MtebTexts implements TextFormat {
  DOCUMENTS,
  /** Without titles; what {@code instruction} says, if there is such a column, follows the text. */
  QUERIES;

  @Override
  public Reader open(Path file) {
    return new Rows(Records.open(file));
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
    var id = row.hasNonNull("_id") ? row.get("_id") : row.path("id");
    if (!id.isTextual() && !id.isIntegralNumber()) {
      throw new InputException(place + ": needs '_id' or 'id', a string or an integer");
    }
    var text = string(place, row, "text");
    return this == DOCUMENTS
        ? new Text(place, id.asText(), optional(place, row, "title"), text)
        : new Text(place, id.asText(), "", instructed(text, optional(place, row, "instruction")));
  }

  /** Returns a query and its instruction as MTEB joins them. */
  static String instructed(String query, String instruction) {
    return instruction.isEmpty() ? query : query + " " + instruction;
  }

  private static String optional(String place, JsonNode row, String column) {
    return row.hasNonNull(column) ? string(place, row, column) : "";
  }

  private static String string(String place, JsonNode row, String column) {
    var value = row.path(column);
    if (!value.isTextual()) {
      throw new InputException("%s: needs a string '%s'%s"
          .formatted(place, column, value.isMissingNode() ? "" : ", was " + value));
    }
    return value.textValue();
  }
}
