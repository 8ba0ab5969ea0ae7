package org.tdro.data;

import org.tdro.io.Checks;

/**
 * Options of the batches that are made of rows.
 *
 * @param passagesPerQuery number of passages, 1 positive and the negatives
 * @param seed of the choice of passages
 * @param padId id that fills shorter rows
 * @param padMultiple lengths are rounded up to a multiple of this
 * @param maxQueryLength longer queries are cut, in tokens
 * @param maxPassageLength longer passages are cut, in tokens
 * @param teacherScores whether batches hold a teacher's scores
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
    new Checks()
        .atLeast(1, "passagesPerQuery", passagesPerQuery)
        .atLeast(0, "padId", padId)
        .atLeast(1, "padMultiple", padMultiple)
        .atLeast(1, "maxQueryLength", maxQueryLength)
        .atLeast(1, "maxPassageLength", maxPassageLength)
        .done();
  }
}
