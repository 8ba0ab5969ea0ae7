package org.tdro.data;

/**
 * How rows become a batch.
 *
 * @param passagesPerQuery 1 positive and the negatives
 * @param seed of the choice of passages
 * @param padId id that fills short rows
 * @param padMultiple lengths are rounded up to a multiple of this
 * @param maxQueryLength longer queries are cut, in tokens
 * @param maxPassageLength longer passages are cut, in tokens
 * @param teacherScores whether batches carry them
 */
public record BatchOptions(
    int passagesPerQuery,
    long seed,
    int padId,
    int padMultiple,
    int maxQueryLength,
    int maxPassageLength,
    boolean teacherScores) {
  public BatchOptions {
    if (passagesPerQuery < 1) {
      throw new IllegalArgumentException(
          "passagesPerQuery must be at least 1, was " + passagesPerQuery);
    }
    if (padId < 0) {
      throw new IllegalArgumentException("padId must be at least 0, was " + padId);
    }
    if (padMultiple < 1) {
      throw new IllegalArgumentException("padMultiple must be at least 1, was " + padMultiple);
    }
    if (maxQueryLength < 1) {
      throw new IllegalArgumentException(
          "maxQueryLength must be at least 1, was " + maxQueryLength);
    }
    if (maxPassageLength < 1) {
      throw new IllegalArgumentException(
          "maxPassageLength must be at least 1, was " + maxPassageLength);
    }
  }
}
