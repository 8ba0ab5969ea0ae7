package org.tdro.data;

import java.util.Optional;

/**
 * Queries with their passages: those of query {@code i} are the rows {@code i * passagesPerQuery} and following, the positive
 * first.
 *
 * @param queries {@code [batch, length]}
 * @param passages {@code [batch * passagesPerQuery, length]}
 * @param domainIds {@code [batch]}, positions in the list of domains
 * @param passagesPerQuery number of passages, 1 positive and the negatives
 * @param alsoRelevant pairs of a query and a passage that is relevant to it although it is not its positive, and so is not its
 *     negative: {@code [pairs, 2]}, row by row
 * @param teacher a teacher's scores of the passages, if they were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // fed to the graph once, never compared
public record ContrastiveBatch(
    TokenMatrix queries,
    TokenMatrix passages,
    int[] domainIds,
    int passagesPerQuery,
    int[] alsoRelevant,
    Optional<TeacherScores> teacher) {
  public ContrastiveBatch {
    if (passagesPerQuery < 1) {
      throw new IllegalArgumentException(
          "passagesPerQuery must be at least 1, was " + passagesPerQuery);
    }
    if (domainIds.length != queries.rows()
        || passages.rows() != queries.rows() * passagesPerQuery) {
      throw new IllegalArgumentException(
          "%d queries, %d passages, %d per query and %d domain ids do not fit"
              .formatted(queries.rows(), passages.rows(), passagesPerQuery, domainIds.length));
    }
  }

  /** Creates a batch in which no passage is known to be relevant to a query other than its own. */
  public ContrastiveBatch(
      TokenMatrix queries,
      TokenMatrix passages,
      int[] domainIds,
      int passagesPerQuery,
      Optional<TeacherScores> teacher) {
    this(queries, passages, domainIds, passagesPerQuery, new int[0], teacher);
  }

  /** Creates such a batch without a teacher. */
  public ContrastiveBatch(
      TokenMatrix queries, TokenMatrix passages, int[] domainIds, int passagesPerQuery) {
    this(queries, passages, domainIds, passagesPerQuery, Optional.empty());
  }

  /** Returns the number of queries. */
  public int size() {
    return queries.rows();
  }

  /**
   * A teacher's scores of the passages of a batch.
   *
   * @param scores {@code [batch, passagesPerQuery]}, row by row, in the order of the passages; 0 in rows that have none
   * @param present {@code [batch]}, whether the row has scores; in a domain all rows have scores or none has
   */
  @SuppressWarnings("ArrayRecordComponent") // fed to the graph once, never compared
  public record TeacherScores(float[] scores, boolean[] present) {}

  /** Batches by number; safe to use from several threads. */
  @FunctionalInterface
  public interface Source {
    /** Returns the batch of that number: a pure function, once {@link #isDecided}. */
    ContrastiveBatch batch(long number);

    /**
     * Returns whether the batch of that number can be made ahead of its step. By the time of its step it always can.
     */
    default boolean isDecided(long number) {
      return true;
    }
  }
}
