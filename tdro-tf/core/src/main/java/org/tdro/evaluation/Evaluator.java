package org.tdro.evaluation;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.io.InputException;
import org.tdro.search.Run;

/** Evaluates a run by judgements, with the values of trec_eval 9.0.8. */
public final class Evaluator {
  private Evaluator() {}

  /** As trec_eval without flags. */
  public static EvaluationResult evaluate(Qrels qrels, Run run, List<Measure> measures) {
    return evaluate(qrels, run, measures, EvaluationOptions.DEFAULT);
  }

  /**
   * Evaluates the queries that are in both. Queries with results but without judgements are left out; those with judgements
   * but without results count only with {@link EvaluationOptions#complete}.
   *
   * @throws InputException if judgements and run have no query in common
   */
  public static EvaluationResult evaluate(
      Qrels qrels, Run run, List<Measure> measures, EvaluationOptions options) {
    var queries = new LinkedHashMap<String, Map<Measure, Double>>();
    var sums = new LinkedHashMap<Measure, Double>();
    measures.forEach(measure -> sums.put(measure, 0.0));
    int evaluated = 0;
    for (var query : qrels.queries()) {
      if (!run.queries().contains(query)) {
        continue;
      }
      evaluated++;
      var ranking = new RankedRelevance(run.of(query), qrels.of(query), options.relevanceLevel());
      var values = new LinkedHashMap<Measure, Double>();
      for (var measure : measures) {
        double value = measure.of(ranking);
        sums.merge(measure, value, Double::sum);
        if (measure.family() != MeasureFamily.NUM_Q) {
          values.put(measure, value);
        }
      }
      queries.put(query, Collections.unmodifiableMap(values));
    }
    if (evaluated == 0) {
      throw new InputException(
          "the run has none of the " + qrels.queries().size() + " judged queries");
    }
    int counted = options.complete() ? qrels.queries().size() : evaluated;
    sums.replaceAll((measure, sum) -> summary(measure, sum, counted, qrels, options));
    return new EvaluationResult(
        Collections.unmodifiableMap(sums), Collections.unmodifiableMap(queries));
  }

  private static double summary(
      Measure measure, double sum, int queries, Qrels qrels, EvaluationOptions options) {
    return switch (measure.family()) {
      case NUM_Q -> queries;
      case NUM_REL -> options.complete() ? positivelyJudged(qrels) : sum;
      case NUM_RET, NUM_REL_RET -> sum;
      default -> sum / queries;
    };
  }

  /** With -c trec_eval counts num_rel over all judgements again, and there from relevance 1 on whatever the level is. */
  private static long positivelyJudged(Qrels qrels) {
    return qrels.queries().stream()
        .map(qrels::of)
        .map(Map::values)
        .flatMap(Collection::stream)
        .filter(grade -> grade > 0)
        .count();
  }
}
