package org.tdro.rows;

/**
 * The scores that a teacher, such as a cross-encoder, gave the passages of a row.
 *
 * @param positives of each relevant passage
 * @param negatives of each irrelevant passage
 */
@SuppressWarnings("ArrayRecordComponent") // read for one batch, never compared
public record PassageScores(float[] positives, float[] negatives) {

  /** Returns the number of passages without a score, which is NaN. */
  int absent() {
    return absent(positives) + absent(negatives);
  }

  private static int absent(float[] scores) {
    int absent = 0;
    for (var score : scores) {
      if (Float.isNaN(score)) {
        absent++;
      }
    }
    return absent;
  }
}
