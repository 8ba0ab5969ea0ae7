package org.tdro.search;

import java.io.IOException;
import java.nio.file.Path;

/** A file format of embeddings: rows of {@code _id} and {@code embedding}. */
public enum EmbeddingFormat {
  /** Arrow IPC: {@code _id: utf8}, {@code embedding: fixed_size_list<float>[dimension]}. */
  ARROW {
    @Override
    public EmbeddingWriter open(Path file, int dimension) throws IOException {
      return ArrowEmbeddingWriter.open(file, dimension);
    }
  },

  /** One JSON object on each line; numbers are the shortest decimals that read back as the same floats. */
  JSONL {
    @Override
    public EmbeddingWriter open(Path file, int dimension) throws IOException {
      return new JsonlEmbeddingWriter(file);
    }
  };

  /**
   * Returns the format that the ending of a file's name stands for.
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
   * Opens a writer of a new file, whatever its name.
   *
   * @param dimension the size of the embeddings
   * @throws IOException if the file cannot be created
   */
  public abstract EmbeddingWriter open(Path file, int dimension) throws IOException;
}
