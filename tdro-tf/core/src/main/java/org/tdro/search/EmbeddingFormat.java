package org.tdro.search;

import java.io.IOException;
import java.nio.file.Path;

/** How embeddings are kept in files: rows of {@code _id} and {@code embedding}. */
public enum EmbeddingFormat {
  /** Arrow IPC: {@code _id: utf8}, {@code embedding: fixed_size_list<float>[dimension]}. */
  ARROW {
    @Override
    public EmbeddingWriter open(Path file, int dimension) throws IOException {
      return new ArrowEmbeddingWriter(file, dimension);
    }
  },

  /** A JSON object a line; the numbers are the shortest decimals that read back as the same floats. */
  JSONL {
    @Override
    public EmbeddingWriter open(Path file, int dimension) throws IOException {
      return new JsonlEmbeddingWriter(file);
    }
  };

  /**
   * The format that a file's name says.
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

  /** A writer of a new file, whatever its name. */
  public abstract EmbeddingWriter open(Path file, int dimension) throws IOException;
}
