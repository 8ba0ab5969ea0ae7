package org.tdro.training;

import java.nio.charset.StandardCharsets;
import org.tdro.io.Sha256;

/** What folders of the cache are called after. */
final class CacheKey {
  private static final int LENGTH = 16;

  private CacheKey() {}

  /** A short hash of what something is made of. */
  static String of(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, LENGTH);
  }
}
