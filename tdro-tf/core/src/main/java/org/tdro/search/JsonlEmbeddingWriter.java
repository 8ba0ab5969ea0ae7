package org.tdro.search;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes embeddings as JSON lines: {@code {"_id": …, "embedding": […]}}. */
final class JsonlEmbeddingWriter implements EmbeddingWriter {
  private final JsonGenerator json;

  JsonlEmbeddingWriter(Path file) throws IOException {
    // Java 17's own Float.toString sometimes writes more digits than are needed.
    json = JsonFactory.builder()
        .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
        .build()
        .createGenerator(file.toFile(), JsonEncoding.UTF8)
        .setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public void write(List<String> ids, Embeddings embeddings) throws IOException {
    for (int row = 0; row < ids.size(); row++) {
      json.writeStartObject();
      json.writeStringField("_id", ids.get(row));
      json.writeArrayFieldStart("embedding");
      for (float value : embeddings.row(row)) {
        json.writeNumber(value);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  @Override
  public void finish() throws IOException {
    json.flush();
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
