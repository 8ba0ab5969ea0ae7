package org.tdro.search.mining;

import java.util.EnumMap;
import java.util.Map;

/**
 * What was mined for a domain.
 *
 * @param rows rows that were read
 * @param candidates passages within the range of ranks
 * @param negatives passages that became negatives
 * @param filtered candidates that were left out, by reason
 * @param fewer rows with fewer negatives than asked for
 * @param kept rows for which no passage remained, and which keep the negatives that they came with
 * @param without of these, rows that came with none
 */
public record MiningCounts(
    long rows,
    long candidates,
    long negatives,
    Map<Reason, Long> filtered,
    long fewer,
    long kept,
    long without) {

  /** Why a candidate is no negative. */
  public enum Reason {
    /** It is a positive of the row, or of another row with the same query. */
    POSITIVE,
    /** It shares most of its words with a positive of the row; only those that are drawn are compared. */
    NEAR_POSITIVE,
    /** Its score is above the maximum. */
    MAX_SCORE,
    /** Its score is below the minimum. */
    MIN_SCORE,
    /** Its score is too near the lowest positive's. */
    ABSOLUTE_MARGIN,
    /** Its score is too large a part of the lowest positive's. */
    RELATIVE_MARGIN
  }

  static final MiningCounts NONE = new MiningCounts(0, 0, 0, Map.of(), 0, 0, 0);

  /** Returns the sums. */
  public MiningCounts plus(MiningCounts other) {
    var sum = new EnumMap<Reason, Long>(Reason.class);
    sum.putAll(filtered);
    other.filtered.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
    return new MiningCounts(
        rows + other.rows,
        candidates + other.candidates,
        negatives + other.negatives,
        sum,
        fewer + other.fewer,
        kept + other.kept,
        without + other.without);
  }
}
