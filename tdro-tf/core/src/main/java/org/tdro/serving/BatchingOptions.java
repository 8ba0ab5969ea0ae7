package org.tdro.serving;

import java.time.Duration;

/**
 * Settings for joining requests into batches.
 *
 * @param texts most texts of a joined batch; 0 computes every request by itself
 * @param timeout how long the first request of a batch waits for others
 */
public record BatchingOptions(int texts, Duration timeout) {
  /** Fills two cores; the wait is short beside the computation. */
  public static final BatchingOptions DEFAULT = new BatchingOptions(32, Duration.ofMillis(2));

  /** No batching: every request runs by itself. */
  public static final BatchingOptions OFF = new BatchingOptions(0, Duration.ZERO);

  public BatchingOptions {
    if (texts < 0 || timeout.isNegative()) {
      throw new IllegalArgumentException(
          "the texts of a batch and its timeout must not be negative");
    }
  }
}
