package org.tdro.data.shards;

import org.tdro.text.Prompts;

/**
 * How rows are imported.
 *
 * @param maxQueryLength longer queries are cut, in tokens with the special ones
 * @param maxPassageLength longer passages are cut
 * @param prompts around texts
 * @param threads that tokenise
 */
public record ImportOptions(
    int maxQueryLength, int maxPassageLength, Prompts prompts, int threads) {
  public ImportOptions {
    if (maxQueryLength < 2) {
      throw new IllegalArgumentException(
          "maxQueryLength must be at least 2, was " + maxQueryLength);
    }
    if (maxPassageLength < 2) {
      throw new IllegalArgumentException(
          "maxPassageLength must be at least 2, was " + maxPassageLength);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, was " + threads);
    }
  }

  /** No prompts, a thread per processor. */
  public static ImportOptions of(int maxQueryLength, int maxPassageLength) {
    return new ImportOptions(
        maxQueryLength,
        maxPassageLength,
        Prompts.none(),
        Runtime.getRuntime().availableProcessors());
  }
}
