package org.tdro.search;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file format of embeddings: rows of {@code _id} and {@code embedding}. */
public enum EmbeddingFormat {
  /** Arrow IPC: {@code _id: utf8}, {@code embedding: fixed_size_list<float>[dimension]}. */
  ARROW {
    @Override
    public Writer open(Path file, int dimension) throws IOException {
      return ArrowEmbeddingWriter.open(file, dimension, false);
    }
  },

  /** One JSON object on each line; numbers are the shortest decimals that read back as the same floats. */
  JSONL {
    @Override
    public Writer open(Path file, int dimension) throws IOException {
      return new JsonlWriter(file);
    }
  };

  /**
   * Returns the format that the name of a file ends in.
   *
   * @throws IllegalArgumentException if it ends neither in {@code .arrow} nor in {@code .jsonl}
   */
  public static EmbeddingFormat of(Path file) {
    var name = file.getFileName().toString();
    if (name.endsWith(".arrow")) {
      return ARROW;
    }
    if (name.endsWith(".jsonl")) {
      return JSONL;
    }
    throw new IllegalArgumentException(file + ": name an output file .arrow or .jsonl");
  }

  /**
   * Opens a writer of a new file of any name.
   *
   * @param dimension the size of the embeddings
   * @throws IOException if the file cannot be created
   */
  public abstract Writer open(Path file, int dimension) throws IOException;

  /** A writer of embeddings to a file, some rows at a time. */
  public sealed interface Writer extends AutoCloseable permits ArrowEmbeddingWriter, JsonlWriter {
    /** Appends rows: {@code ids} and {@code embeddings} have the same number of them. */
    void write(List<String> ids, Embeddings embeddings) throws IOException;

    /** Completes the file, which cannot be read if it is only closed. */
    void finish() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A writer of JSON lines: {@code {"_id": …, "embedding": […]}}. */
  private static final class JsonlWriter implements Writer {
    private final JsonGenerator json;

    JsonlWriter(Path file) throws IOException {
      // Float.toString of Java 17 sometimes writes more digits than necessary.
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
}
