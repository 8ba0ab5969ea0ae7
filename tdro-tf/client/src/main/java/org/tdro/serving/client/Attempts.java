package org.tdro.serving.client;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Repeats a call while the server is busy or cannot be reached; asking twice for an embedding is harmless.
 *
 * @param server its address, for messages
 */
record Attempts(String server, RetrieverClient.Options options) {
  private static final long LONGEST_PAUSE = 30_000;

  /** The answer of a server that is too busy now. */
  static final class BusyException extends Exception {
    private static final long serialVersionUID = 1;

    private final ServingException answer;
    private final long pauseMillis;

    /**
     * Creates it.
     *
     * @param pauseMillis for which the server asks, 0 if it does not
     */
    BusyException(ServingException answer, long pauseMillis) {
      super(answer);
      this.answer = answer;
      this.pauseMillis = pauseMillis;
    }
  }

  /** A call that may fail. */
  @FunctionalInterface
  interface Call<T> {
    /**
     * Calls once.
     *
     * @throws IOException if there is no answer
     */
    T once() throws IOException, BusyException, InterruptedException;
  }

  /**
   * Returns the result of the first call that has one.
   *
   * @throws ServingException if the server refuses, or is still busy at the last attempt
   * @throws UncheckedIOException if it cannot be reached then
   */
  <T> T of(Call<T> call) {
    long pause = options.pause().toMillis();
    try {
      for (int attempt = 1; ; attempt++) {
        long asked = 0;
        try {
          return call.once();
        } catch (BusyException e) {
          if (attempt == options.attempts()) {
            throw e.answer;
          }
          asked = e.pauseMillis;
        } catch (IOException e) {
          if (attempt == options.attempts()) {
            throw new UncheckedIOException(
                "no answer from %s in %d attempts: %s".formatted(server, attempt, reason(e)), e);
          }
        }
        Thread.sleep(Math.min(LONGEST_PAUSE, Math.max(pause, asked)));
        pause *= 2;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a server", e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
