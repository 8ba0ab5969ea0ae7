package org.tdro.evaluation;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.io.InputException;
import org.tdro.search.Run;

/**
 * The values that measures give a run, those of trec_eval 9.0.8.
 *
 * @param all measure → mean over the queries, or their sum for counts
 * @param queries query → measure → value, for the queries that are in both the judgements and the run; {@code num_q} and
 *     {@code gm_map} have no value here
 */
public record EvaluationResult(
    Map<Measure, Double> all, Map<String, Map<Measure, Double>> queries) {
  /** trec_eval's least value of a query in a geometric mean. */
  private static final double LEAST_OF_GEOMETRIC_MEAN = 0.00001;

  /** Evaluates a run as trec_eval does without flags. */
  public static EvaluationResult of(Qrels qrels, Run run, List<Measure> measures) {
    return of(qrels, run, measures, Options.DEFAULT);
  }

  /**
   * Evaluates the queries that are in both. Queries with results but without judgements are left out; those with judgements
   * but without results count only with {@link Options#complete}.
   *
   * @throws InputException if judgements and run have no query in common
   */
  public static EvaluationResult of(Qrels qrels, Run run, List<Measure> measures, Options options) {
    var queries = new LinkedHashMap<String, Map<Measure, Double>>();
    var sums = new LinkedHashMap<Measure, Double>();
    measures.forEach(measure -> sums.put(measure, 0.0));
    for (var query : qrels.queries()) {
      if (!run.queries().contains(query)) {
        continue;
      }
      var ranking = new RankedRelevance(run.of(query), qrels.of(query), options.relevanceLevel());
      var values = new LinkedHashMap<Measure, Double>();
      for (var measure : measures) {
        double value = measure.of(ranking);
        sums.merge(measure, geometric(measure) ? logarithm(value) : value, Double::sum);
        if (!measure.family().isOfAllQueries()) {
          values.put(measure, value);
        }
      }
      queries.put(query, Collections.unmodifiableMap(values));
    }
    if (queries.isEmpty()) {
      throw new InputException(
          "the run has none of the " + qrels.queries().size() + " judged queries");
    }
    int counted = options.complete() ? qrels.queries().size() : queries.size();
    int missing = counted - queries.size();
    sums.replaceAll((measure, sum) -> summary(measure, sum, counted, missing, qrels, options));
    return new EvaluationResult(
        Collections.unmodifiableMap(sums), Collections.unmodifiableMap(queries));
  }

  private static boolean geometric(Measure measure) {
    return measure.family() == MeasureFamily.GM_MAP;
  }

  private static double logarithm(double value) {
    return Math.log(Math.max(value, LEAST_OF_GEOMETRIC_MEAN));
  }

  private static double summary(
      Measure measure, double sum, int queries, int missing, Qrels qrels, Options options) {
    return switch (measure.family()) {
      case NUM_Q -> queries;
      case NUM_REL ->
        options.complete() ? relevant(qrels, measure.relevanceLevel().orElse(1)) : sum;
      case NUM_RET, NUM_REL_RET -> sum;
      case GM_MAP -> Math.exp((sum + missing * logarithm(0)) / queries);
      default -> sum / queries;
    };
  }

  /** Returns the number of documents of a relevance, 1 for trec_eval's num_rel with -c whatever the level of the evaluation. */
  private static long relevant(Qrels qrels, int level) {
    return qrels.queries().stream()
        .map(qrels::of)
        .map(Map::values)
        .flatMap(Collection::stream)
        .filter(grade -> grade >= level)
        .count();
  }

  /**
   * Returns the value over all queries.
   *
   * @throws IllegalArgumentException if the measure was not evaluated
   */
  public double value(Measure measure) {
    var value = all.get(measure);
    if (value == null) {
      throw new IllegalArgumentException(measure + " was not evaluated, only " + all.keySet());
    }
    return value;
  }

  /**
   * Options of an evaluation that trec_eval has as flags.
   *
   * @param complete whether means are over all judged queries, where those without results count 0 (trec_eval's -c), or over
   *     the queries that are in both the judgements and the run
   * @param relevanceLevel the least relevance of a document that counts as relevant (trec_eval's -l)
   */
  public record Options(boolean complete, int relevanceLevel) {
    /** The options of trec_eval without flags. */
    public static final Options DEFAULT = new Options(false, 1);

    public Options {
      if (relevanceLevel < 0) {
        throw new IllegalArgumentException(
            "relevanceLevel must be at least 0, was " + relevanceLevel);
      }
    }
  }
}
