package org.tdro.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.io.TextLines;

/**
 * A writer of training rows in the format of {@link TrainingRow}, one JSON object on each line. The file appears when it is
 * complete, see {@link AtomicWrite}:
 *
 * <pre>{@code
 * AtomicWrite.file(file, beside -> {
 *   try (var rows = RowWriter.open(beside, file)) {
 *     rows.write(row);
 *   }
 * });
 * }</pre>
 */
public final class RowWriter implements AutoCloseable {
  private final Path file;
  private final Path named;
  private JsonGenerator json;

  private RowWriter(Path file, Path named) {
    this.file = file;
    this.named = named;
  }

  /** Returns a writer that makes its file and folder with the first row, so that there is none without rows. */
  static RowWriter whenNeeded(Path file) {
    return new RowWriter(file, file);
  }

  /**
   * Opens a new file.
   *
   * @param file the place to write to
   * @param named the name that the file will have, which decides whether it is compressed
   */
  public static RowWriter open(Path file, Path named) throws IOException {
    var rows = new RowWriter(file, named);
    rows.json();
    return rows;
  }

  private JsonGenerator json() throws IOException {
    if (json == null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var lines = TextLines.writer(file, named);
      try {
        json =
            new JsonFactory().createGenerator(lines).setPrettyPrinter(new MinimalPrettyPrinter(""));
      } catch (IOException e) {
        lines.close();
        throw e;
      }
    }
    return json;
  }

  /** Appends a row. */
  public void write(TrainingRow row) throws IOException {
    json().writeStartObject();
    fields(row);
    end();
  }

  /**
   * Appends a row with a further key, which readers of rows ignore.
   *
   * @param value a record, see {@link Json#line}
   */
  public void write(TrainingRow row, String key, Object value) throws IOException {
    json().writeStartObject();
    fields(row);
    json.writeFieldName(key);
    json.writeRawValue(Json.line(value));
    end();
  }

  private void end() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void fields(TrainingRow row) throws IOException {
    json.writeStringField("query_id", row.queryId());
    json.writeStringField("query", row.query());
    write(
        TrainingRow.POSITIVES,
        row.positives(),
        row.scores().map(PassageScores::positives).orElse(null));
    write(
        TrainingRow.NEGATIVES,
        row.negatives(),
        row.scores().map(PassageScores::negatives).orElse(null));
  }

  private void write(String key, List<Passage> passages, float[] scores) throws IOException {
    json.writeArrayFieldStart(key);
    for (int i = 0; i < passages.size(); i++) {
      var passage = passages.get(i);
      json.writeStartObject();
      if (!passage.id().isEmpty()) {
        json.writeStringField("docid", passage.id());
      }
      if (!passage.title().isEmpty()) {
        json.writeStringField("title", passage.title());
      }
      json.writeStringField("text", passage.text());
      if (scores != null) {
        json.writeNumberField("score", scores[i]);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  @Override
  public void close() throws IOException {
    if (json != null) {
      json.close();
    }
  }
}
