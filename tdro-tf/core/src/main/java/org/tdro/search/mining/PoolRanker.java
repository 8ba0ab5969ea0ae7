package org.tdro.search.mining;

import java.util.List;

/** Ranks the passages of a {@link PassagePool} for queries, again and again, and scores single ones. */
public interface PoolRanker extends AutoCloseable {
  /**
   * A passage of the pool.
   *
   * @param passage its number
   * @param score higher is better
   */
  record Candidate(int passage, double score) {}

  /** Returns the best passages for each query, best first, at most {@code depth}. */
  List<List<Candidate>> rank(List<String> queries, int depth);

  /**
   * Scores passages as {@link #rank} does.
   *
   * @param passages the numbers of those to score for each query
   * @return their scores, in the same order
   */
  List<double[]> scores(List<String> queries, List<int[]> passages);

  @Override
  void close();
}
