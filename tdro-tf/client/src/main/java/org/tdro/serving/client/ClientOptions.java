package org.tdro.serving.client;

import java.time.Duration;

/**
 * Settings of a client.
 *
 * @param texts most texts of a request; servers have limits
 * @param timeout of one request
 * @param attempts how often a request is sent in all while the server is busy or cannot be reached
 * @param pause before the second attempt; it doubles before each further one, and is longer where the server asks for more
 */
public record ClientOptions(int texts, Duration timeout, int attempts, Duration pause) {
  /** 64 texts, a minute, 6 attempts in about 3 seconds. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(64, Duration.ofMinutes(1), 6, Duration.ofMillis(100));

  public ClientOptions {
    if (texts < 1 || attempts < 1) {
      throw new IllegalArgumentException("texts and attempts must be at least 1");
    }
    if (timeout.isNegative() || timeout.isZero() || pause.isNegative()) {
      throw new IllegalArgumentException("the timeout must be above 0 and the pause at least 0");
    }
  }
}
