package org.tdro.serving;

import java.time.Duration;

/**
 * Limits of a server, beyond which it refuses requests, so that no client can exhaust it.
 *
 * @param bodyBytes largest body of a request; a larger one is answered with 413
 * @param texts most texts of a request; more are answered with 400
 * @param length longest row of token ids; 0 means the model's own limit. A longer one is answered with 400
 * @param queuedTexts most texts that wait or are computed at a time; beyond, requests are answered with 429
 * @param requests most requests that are answered at a time; beyond, they are answered with 429
 * @param patience how long a request waits for its embeddings before it is answered with 503
 */
public record ServerLimits(
    int bodyBytes, int texts, int length, int queuedTexts, int requests, Duration patience) {
  /** 4 MiB, 512 texts a request, 2,048 at a time, 128 requests at a time, a minute. */
  public static final ServerLimits DEFAULT =
      new ServerLimits(4 << 20, 512, 0, 2048, 128, Duration.ofMinutes(1));

  public ServerLimits {
    if (bodyBytes < 1 || texts < 1 || length < 0 || requests < 1) {
      throw new IllegalArgumentException(
          "the limits of body, texts and requests must be at least 1, that of length at least 0");
    }
    if (queuedTexts < texts) {
      throw new IllegalArgumentException(
          "the queue must take the largest request: %d queued texts are less than %d texts"
              .formatted(queuedTexts, texts));
    }
  }
}
