package org.tdro.evaluation;

/**
 * Options of an evaluation that trec_eval has as flags.
 *
 * @param complete whether means are over all judged queries, where those without results count 0 (trec_eval's -c), or over
 *     the queries that are in both the judgements and the run
 * @param relevanceLevel the least relevance of a document that counts as relevant (trec_eval's -l)
 */
public record EvaluationOptions(boolean complete, int relevanceLevel) {
  /** The options of trec_eval without flags. */
  public static final EvaluationOptions DEFAULT = new EvaluationOptions(false, 1);

  public EvaluationOptions {
    if (relevanceLevel < 0) {
      throw new IllegalArgumentException(
          "relevanceLevel must be at least 0, was " + relevanceLevel);
    }
  }
}
