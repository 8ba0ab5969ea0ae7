package org.tdro.data.shards;

import java.util.Optional;
import org.tdro.rows.PassageScores;

/**
 * A training row as token ids.
 *
 * @param query ids of the query
 * @param positives ids of each relevant passage, at least one
 * @param negatives ids of each irrelevant passage, possibly none
 * @param scores a teacher's scores, of all passages or none
 */
@SuppressWarnings("ArrayRecordComponent") // read for one batch, never compared
public record TokenizedRow(
    int[] query, int[][] positives, int[][] negatives, Optional<PassageScores> scores) {

  /** Creates a row without scores. */
  public TokenizedRow(int[] query, int[][] positives, int[][] negatives) {
    this(query, positives, negatives, Optional.empty());
  }
}
