package org.tdro.serving.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.tdro.serving.client.PredictCall.BusyException;
import org.tdro.serving.client.PredictCall.Once;

/**
 * Calls on a model of a server, over either protocol, until it is closed. A call is repeated while the server is busy or cannot be
 * reached; asking twice for an embedding is harmless.
 */
final class Attempts implements AutoCloseable {
  private static final long LONGEST_PAUSE = 30_000;

  private final ModelAddress model;
  private final RetrieverClient.Options options;
  private final PredictCall call;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Creates the calls; nothing is sent yet.
   *
   * @throws IllegalArgumentException if the address is not that of a model, or the file of trusted certificates is wrong
   */
  Attempts(URI model, RetrieverClient.Options options) {
    this.model = ModelAddress.of(model);
    this.options = options;
    call = PredictCall.of(this.model, options);
  }

  /**
   * Returns the embeddings of rows, which are padded to {@code length}.
   *
   * @throws ServingException if the server refuses, or is still busy after the last attempt, or does not answer with a vector for each
   *     row
   * @throws UncheckedIOException if it cannot be reached
   * @throws IllegalStateException if this is closed, or the thread is interrupted
   */
  float[][] ids(String signature, IdType type, int[][] rows, int length) {
    return repeated(call.ids(signature, type, rows, length));
  }

  /**
   * Returns the embeddings of texts; throws as {@link #ids}.
   *
   * @param inputs a value of each text by the name of the input, {@value RetrieverAssets#TEXT} among them
   */
  float[][] texts(String signature, Map<String, List<String>> inputs) {
    return repeated(call.texts(signature, inputs));
  }

  /** Returns whether the server has a version of the model that answers; it is asked once. */
  boolean isAvailable() {
    requireOpen();
    try {
      return call.availability().make();
    } catch (IOException | BusyException | ServingException e) {
      requireOpen();
      return false;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Checks that calls may be made.
   *
   * @throws IllegalStateException if this is closed
   */
  void requireOpen() {
    if (closed.getCount() == 0) {
      throw closedAlready();
    }
  }

  private static IllegalStateException closedAlready() {
    return new IllegalStateException("the client is closed");
  }

  private <T> T repeated(Once<T> once) {
    requireOpen();
    long pause = options.pause().toMillis();
    try {
      for (int attempt = 1; ; attempt++) {
        long asked = 0;
        try {
          return once.make();
        } catch (BusyException e) {
          requireOpen();
          if (attempt == options.attempts()) {
            throw e.answer();
          }
          asked = e.pauseMillis();
        } catch (IOException e) {
          requireOpen();
          if (attempt == 1) {
            requireProtocol(e);
          }
          if (attempt == options.attempts()) {
            throw new UncheckedIOException(
                "no answer from %s in %d attempts: %s".formatted(model, attempt, reason(e)), e);
          }
        }
        if (closed.await(Math.min(LONGEST_PAUSE, Math.max(pause, asked)), TimeUnit.MILLISECONDS)) {
          throw closedAlready();
        }
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Looks for the likely reason of there being no answer, which no further attempt would change: the port does not speak the address's
   * protocol, but another one. Timeouts are among what wrong protocols lead to.
   */
  private void requireProtocol(IOException e) throws InterruptedException {
    var spoken = new ProtocolProbe(model, options).spoken();
    if (spoken.isPresent() && spoken.get() != model.scheme()) {
      throw new UncheckedIOException(
          "no answer from %s: the port seems to speak %s; then the address begins with %s://"
              .formatted(model, spoken.get().protocol(), spoken.get()),
          e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for a server", e);
  }

  /** Refuses further calls and attempts. */
  @Override
  public void close() {
    closed.countDown();
    call.close();
  }
}
