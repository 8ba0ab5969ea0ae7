package org.tdro.rows.statistics;

import java.util.Arrays;
import java.util.List;
import org.tdro.io.CounterRandom;
import org.tdro.rows.Fold;
import org.tdro.rows.HashNumbers;

/**
 * Statistics of the rows of a domain. Lengths are in tokens or, of files of rows without a tokenizer, in characters (code points).
 *
 * @param domain its name
 * @param firstRows rows of the first fold
 * @param secondRows rows of the second fold
 * @param positives relevant passages
 * @param negatives irrelevant passages
 * @param rowsWithoutNegatives queries without an irrelevant passage
 * @param rowsWithContradiction rows one of whose negatives is a positive of theirs
 * @param rowsWithFalseNegative rows one of whose negatives is a positive of another row with the same query, and none one of theirs
 * @param pool different passages
 * @param queryLengths of all queries
 * @param passageLengths of all passages, each counted as often as it occurs
 */
public record DomainStatistics(
    String domain,
    long firstRows,
    long secondRows,
    long positives,
    long negatives,
    long rowsWithoutNegatives,
    long rowsWithContradiction,
    long rowsWithFalseNegative,
    long pool,
    LengthCounts queryLengths,
    LengthCounts passageLengths) {
  private static final List<Fold> HALVES = List.of(Fold.FIRST, Fold.SECOND);

  /**
   * Texts as far as they count.
   *
   * @param hashes two texts are the same if these are
   * @param lengths one for each
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Texts(long[] hashes, int[] lengths) {}

  /** Returns the number of rows. */
  public long rows() {
    return firstRows + secondRows;
  }

  /** The statistics of the rows so far. Takes 8 bytes a negative, and about 20 for each different passage and positive. */
  public static final class Tally {
    private final long[] rows = new long[HALVES.size()];
    private final LengthCounts queries = new LengthCounts();
    private final LengthCounts passages = new LengthCounts();
    private final HashNumbers pool = new HashNumbers();
    /** Queries with a positive. */
    private final HashNumbers relevant = new HashNumbers();
    /** Queries with a negative, of the rows without a contradiction, one row after the other. */
    private long[] irrelevant = new long[64];

    private int[] ends = new int[16];
    private int undecided;
    private int negativesSoFar;

    private long positives;
    private long negatives;
    private long withoutNegatives;
    private long contradictions;

    /** Begins without rows. */
    public Tally() {}

    /**
     * Adds a row.
     *
     * @param query a single text
     */
    public void add(Fold fold, Texts query, Texts positive, Texts negative) {
      rows[HALVES.indexOf(fold)]++;
      queries.add(query.lengths()[0]);
      for (var texts : List.of(positive, negative)) {
        Arrays.stream(texts.lengths()).forEach(passages::add);
        Arrays.stream(texts.hashes()).forEach(pool::add);
      }
      positives += positive.hashes().length;
      negatives += negative.hashes().length;
      withoutNegatives += negative.hashes().length == 0 ? 1 : 0;
      long asked = query.hashes()[0];
      for (long hash : positive.hashes()) {
        relevant.add(CounterRandom.bits(asked, hash));
      }
      if (Arrays.stream(negative.hashes())
          .anyMatch(hash -> Arrays.stream(positive.hashes()).anyMatch(own -> own == hash))) {
        contradictions++;
      } else {
        remember(asked, negative.hashes());
      }
    }

    private void remember(long query, long[] hashes) {
      if (undecided == ends.length) {
        ends = Arrays.copyOf(ends, 2 * undecided);
      }
      if (negativesSoFar + hashes.length > irrelevant.length) {
        irrelevant = Arrays.copyOf(irrelevant, 2 * (negativesSoFar + hashes.length));
      }
      for (long hash : hashes) {
        irrelevant[negativesSoFar++] = CounterRandom.bits(query, hash);
      }
      ends[undecided++] = negativesSoFar;
    }

    private long falseNegatives() {
      long rows = 0;
      for (int row = 0; row < undecided; row++) {
        int start = row == 0 ? 0 : ends[row - 1];
        rows += Arrays.stream(irrelevant, start, ends[row]).anyMatch(relevant::contains) ? 1 : 0;
      }
      return rows;
    }

    /** Returns the statistics of all rows that were added. */
    public DomainStatistics statistics(String domain) {
      return new DomainStatistics(
          domain,
          rows[0],
          rows[1],
          positives,
          negatives,
          withoutNegatives,
          contradictions,
          falseNegatives(),
          pool.size(),
          queries,
          passages);
    }
  }
}
