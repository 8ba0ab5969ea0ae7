package org.tdro.search;

import java.io.IOException;
import java.util.List;

/** Writes embeddings to a file, some rows at a time. */
public sealed interface EmbeddingWriter extends AutoCloseable
    permits ArrowEmbeddingWriter, JsonlEmbeddingWriter {
  /** Appends rows, an id for each. */
  void write(List<String> ids, Embeddings embeddings) throws IOException;

  /** Ends the file; without this it is not complete. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;
}
