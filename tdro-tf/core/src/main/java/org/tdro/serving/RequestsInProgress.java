package org.tdro.serving;

import java.time.Duration;

/** The requests in progress, of all protocols. Those beyond a limit are refused, and new ones once the server stops. */
final class RequestsInProgress {
  private final int limit;
  private int active;
  private boolean stopping;

  RequestsInProgress(int limit) {
    this.limit = limit;
  }

  /** A request in progress, until it is closed. */
  final class Entry implements AutoCloseable {
    /** Whether the server was stopping when the request came. */
    private final boolean tooLate;

    private final boolean tooMany;

    private Entry(boolean tooLate, boolean tooMany) {
      this.tooLate = tooLate;
      this.tooMany = tooMany;
    }

    /**
     * Checks whether there is room for an expensive request.
     *
     * @throws ApiException 503 if the server is stopping, 429 if there are too many requests
     */
    void admit() {
      if (tooLate) {
        throw stopping();
      }
      if (tooMany) {
        throw new ApiException(429, "too many requests at a time (at most %d)".formatted(limit));
      }
    }

    boolean isTooLate() {
      return tooLate;
    }

    @Override
    public void close() {
      leave();
    }
  }

  static ApiException stopping() {
    return new ApiException(503, "the server is stopping");
  }

  /** Counts a request, admitted or not. */
  synchronized Entry enter() {
    active++;
    return new Entry(stopping, active > limit);
  }

  private synchronized void leave() {
    active--;
    notifyAll();
  }

  /** Returns whether the server is stopping. */
  synchronized boolean isStopping() {
    return stopping;
  }

  /** Refuses new requests and waits for those in progress; returns false if they took too long. */
  synchronized boolean drain(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    stopping = true;
    while (active > 0) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /** Returns the number of requests in progress. */
  synchronized int active() {
    return active;
  }
}
