package org.tdro.evaluation;

/**
 * What trec_eval's flags change.
 *
 * @param complete take the mean over all judged queries, where those without results count 0 (trec_eval's -c); else over
 *     the queries that are in both the judgements and the run
 * @param relevanceLevel the least relevance of a document that counts as relevant (trec_eval's -l)
 */
public record EvaluationOptions(boolean complete, int relevanceLevel) {
  /** As trec_eval without flags. */
  public static final EvaluationOptions DEFAULT = new EvaluationOptions(false, 1);

  public EvaluationOptions {
    if (relevanceLevel < 0) {
      throw new IllegalArgumentException(
          "relevanceLevel must be at least 0, was " + relevanceLevel);
    }
  }
}
