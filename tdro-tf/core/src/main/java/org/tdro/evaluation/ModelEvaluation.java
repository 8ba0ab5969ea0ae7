package org.tdro.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tdro.retriever.TextEncoder;
import org.tdro.search.Run;

/**
 * What a retriever reached on several sets.
 *
 * @param sets set to measure to its mean over the queries, in the order in which they were evaluated
 */
public record ModelEvaluation(Map<String, Map<String, Double>> sets) {
  public ModelEvaluation {
    sets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sets));
  }

  /** Told of every set that is done. */
  @FunctionalInterface
  public interface Listener {
    /** After a set was searched and measured. */
    void evaluated(BeirDataset set, Run run, EvaluationResult result);
  }

  /** Evaluates a retriever on each set. */
  public static ModelEvaluation of(
      TextEncoder retriever,
      List<BeirDataset> sets,
      List<Measure> measures,
      RetrievalEvaluation evaluation,
      Listener listener) {
    var values = new LinkedHashMap<String, Map<String, Double>>();
    for (var set : sets) {
      var run = evaluation.search(retriever, set);
      var result = Evaluator.evaluate(set.qrels(), run, measures);
      var bySet = new TreeMap<String, Double>();
      measures.forEach(measure -> bySet.put(measure.name(), result.value(measure)));
      values.put(set.name(), bySet);
      listener.evaluated(set, run, result);
    }
    return new ModelEvaluation(values);
  }

  /** The value of a measure on a set; NaN if the set was not evaluated. */
  public double value(String set, String measure) {
    return sets.getOrDefault(set, Map.of()).getOrDefault(measure, Double.NaN);
  }
}
