package org.tdro.retriever.embeddings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.tdro.search.EmbeddingFormat;
import org.tdro.search.Embeddings;

/** Writes embeddings on a thread of its own, in the order given; at most one part waits. Does not close the writer. */
final class BackgroundWriter implements AutoCloseable {
  private final EmbeddingFormat.Writer writer;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  BackgroundWriter(EmbeddingFormat.Writer writer) {
    this.writer = writer;
  }

  /**
   * Starts to write rows once those before are written.
   *
   * @throws IOException if those before could not be written
   */
  void write(List<String> ids, Embeddings embeddings) throws IOException {
    await();
    last = CompletableFuture.runAsync(
        () -> {
          try {
            writer.write(ids, embeddings);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        thread);
  }

  /**
   * Waits until everything is written.
   *
   * @throws IOException if something could not be
   */
  void await() throws IOException {
    try {
      last.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Waits until nothing is being written any more. */
  @Override
  public void close() {
    // Whether it failed is of no interest to a caller who did not wait for it.
    last.exceptionally(failure -> null).join();
    thread.shutdown();
  }
}
