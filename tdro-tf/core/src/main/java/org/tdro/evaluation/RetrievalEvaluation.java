package org.tdro.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/**
 * Ranks the documents of evaluation sets and measures the rankings. As in BEIR, a document with the id of the query is taken
 * for the query itself and left out, unless it is judged for that query.
 *
 * @param topK documents kept for each query
 * @param measures computed from the rankings
 */
public record RetrievalEvaluation(int topK, List<Measure> measures) {
  private static final Logger LOG = LoggerFactory.getLogger(RetrievalEvaluation.class);

  public RetrievalEvaluation {
    if (topK < 1) {
      throw new IllegalArgumentException("topK must be at least 1, was " + topK);
    }
    measures = List.copyOf(measures);
  }

  /** A listener to the progress over several sets. */
  @FunctionalInterface
  public interface Listener {
    /** Called after a set was ranked and measured. */
    void evaluated(EvaluationSet set, Run run, EvaluationResult result);
  }

  /**
   * Evaluates a retriever on each set.
   *
   * @param rankers returns the ranker for a set
   */
  public ModelEvaluation evaluate(
      Function<EvaluationSet, ? extends Ranker> rankers,
      List<EvaluationSet> sets,
      Listener listener) {
    var deeper = measures.stream().filter(measure -> measure.cutoff() > topK).toList();
    if (!deeper.isEmpty()) {
      LOG.warn("{} documents are kept for each query, fewer than {} look at", topK, deeper);
    }
    var results = new LinkedHashMap<String, EvaluationResult>();
    for (var set : sets) {
      var run = rank(rankers.apply(set), set);
      var result = EvaluationResult.of(set.qrels(), run, measures);
      results.put(set.name(), result);
      listener.evaluated(set, run, result);
    }
    var tests = new LinkedHashMap<String, ModelEvaluation.Test>();
    sets.forEach(set -> tests.put(set.name(), new ModelEvaluation.Test(topK, set.content())));
    return ModelEvaluation.of(tests, results);
  }

  /** Returns the ranking of every query of a set. */
  public Run rank(Ranker ranker, EvaluationSet set) {
    // One more than asked for, in case the query itself is among them.
    var run = ranker.rank(set.queries(), set.corpus(), topK + 1);
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (var query : run.queries()) {
      var judged = set.qrels().of(query);
      rankings.put(
          query,
          run.of(query).stream()
              .filter(document -> !document.id().equals(query) || judged.containsKey(query))
              .limit(topK)
              .toList());
    }
    return Run.of(rankings);
  }
}
