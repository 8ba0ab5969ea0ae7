package org.tdro.evaluation;

import java.util.Map;

/**
 * The values of an evaluation.
 *
 * @param all measure → mean over the queries, or their sum for counts
 * @param queries query → measure → value, for the queries that are in both the judgements and the run; {@code num_q} has
 *     no value here
 */
public record EvaluationResult(
    Map<Measure, Double> all, Map<String, Map<Measure, Double>> queries) {
  /**
   * The value over all queries.
   *
   * @throws IllegalArgumentException if the measure was not asked for
   */
  public double value(Measure measure) {
    var value = all.get(measure);
    if (value == null) {
      throw new IllegalArgumentException(measure + " was not evaluated, only " + all.keySet());
    }
    return value;
  }
}
