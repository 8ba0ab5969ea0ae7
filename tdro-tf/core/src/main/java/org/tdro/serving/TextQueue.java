package org.tdro.serving;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A counter of the texts that wait or are computed, which refuses more than there is room for. */
final class TextQueue {
  private final int limit;
  private final AtomicInteger texts = new AtomicInteger();

  TextQueue(int limit) {
    this.limit = limit;
  }

  /**
   * Runs {@code work} on {@code count} texts, which take up room until it ends.
   *
   * @throws ApiException 429 if there is not enough room
   */
  <T> T admit(int count, Supplier<T> work) {
    if (texts.addAndGet(count) > limit) {
      texts.addAndGet(-count);
      throw new ApiException(
          429, "too many texts are waiting; try again later (at most %d wait)".formatted(limit));
    }
    try {
      return work.get();
    } finally {
      texts.addAndGet(-count);
    }
  }

  /** Returns the number of texts that wait or are computed. */
  int texts() {
    return texts.get();
  }
}
