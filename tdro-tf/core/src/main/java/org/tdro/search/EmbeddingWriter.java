package org.tdro.search;

import java.io.IOException;
import java.util.List;

/** Writes embeddings to a file, some rows at a time. */
public sealed interface EmbeddingWriter extends AutoCloseable
    permits ArrowEmbeddingWriter, JsonlEmbeddingWriter {
  /** Appends rows: {@code ids} and {@code embeddings} have the same number of them. */
  void write(List<String> ids, Embeddings embeddings) throws IOException;

  /** Completes the file; a file that is only closed is not readable. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;
}
