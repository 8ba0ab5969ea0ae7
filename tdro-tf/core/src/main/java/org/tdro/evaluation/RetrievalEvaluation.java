package org.tdro.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/**
 * Ranks the documents of evaluation sets and measures the rankings.
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
    var name = "";
    return evaluateSystems(
            set -> Map.of(name, rank(rankers.apply(set), set)),
            sets,
            (system, set, run, result) -> listener.evaluated(set, run, result))
        .getOrDefault(name, ModelEvaluation.of(Map.of(), Map.of()));
  }

  /** A listener to the progress of several systems over several sets. */
  @FunctionalInterface
  public interface SystemsListener {
    /** Called after the rankings of a system on a set were measured. */
    void evaluated(String system, EvaluationSet set, Run run, EvaluationResult result);
  }

  /**
   * Evaluates several systems on each set, which may share work there.
   *
   * @param rankings returns system → its rankings of a set, as {@link #rank} or {@link #withoutQueries} does; the same systems in the same
   *     order for each set
   * @return system → its results
   */
  public Map<String, ModelEvaluation> evaluateSystems(
      Function<EvaluationSet, Map<String, Run>> rankings,
      List<EvaluationSet> sets,
      SystemsListener listener) {
    var deeper = measures.stream().filter(measure -> measure.cutoff() > topK).toList();
    if (!deeper.isEmpty()) {
      LOG.warn("{} documents are kept for each query, fewer than {} look at", topK, deeper);
    }
    var answered =
        sets.stream().filter(set -> measuresOf(set).size() < measures.size()).toList();
    if (!answered.isEmpty()) {
      LOG.info(
          "judged by answers in the retrieved documents, so only {} are measured: {}",
          measuresOf(answered.get(0)),
          answered.stream().map(EvaluationSet::name).collect(Collectors.joining(", ")));
    }
    var results = new LinkedHashMap<String, Map<String, EvaluationResult>>();
    for (var set : sets) {
      rankings.apply(set).forEach((system, run) -> {
        var result =
            EvaluationResult.of(set.judgements().of(run, set.corpus()), run, measuresOf(set));
        results.computeIfAbsent(system, name -> new LinkedHashMap<>()).put(set.name(), result);
        listener.evaluated(system, set, run, result);
      });
    }
    var tests = new LinkedHashMap<String, ModelEvaluation.Test>();
    sets.forEach(set -> tests.put(set.name(), new ModelEvaluation.Test(topK, set.content())));
    var evaluations = new LinkedHashMap<String, ModelEvaluation>();
    results.forEach((system, values) -> evaluations.put(system, ModelEvaluation.of(tests, values)));
    return evaluations;
  }

  /**
   * Returns the measures that a set has: without those that count relevant documents that were not retrieved, if only what is retrieved can
   * be judged.
   *
   * @throws InputException if that are none
   */
  public List<Measure> measuresOf(EvaluationSet set) {
    if (set.judgements().areComplete()) {
      return measures;
    }
    var defined = measures.stream()
        .filter(measure -> !measure.family().needsAllJudgements())
        .toList();
    if (defined.isEmpty()) {
      throw new InputException(
          "%s is judged by answers in the retrieved documents, others are not known, so there is no %s: ask for success_K, which papers call Recall@K there, P_K or recip_rank"
              .formatted(set.name(), measures));
    }
    return defined;
  }

  /** Returns the ranking of every query of a set. */
  public Run rank(Ranker ranker, EvaluationSet set) {
    return withoutQueries(ranker.rank(set.queries(), set.corpus(), depth()), set);
  }

  /** Returns the number of documents to rank for each query: one more than are kept, in case the query itself is among them. */
  public int depth() {
    return Math.max(topK, topK + 1);
  }

  /** Returns what counts of rankings of {@link #depth} documents: the first {@code topK} that are not the query itself. */
  public Run withoutQueries(Run run, EvaluationSet set) {
    boolean isRanked = set.ownDocument() == EvaluationSet.OwnDocument.RANKED;
    var judged = set.judgements().of(run, set.corpus());
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    int leftOut = 0;
    for (var query : run.queries()) {
      boolean counts = isRanked || judged.of(query).containsKey(query);
      var others = run.of(query).stream()
          .filter(document -> counts || !document.id().equals(query))
          .toList();
      leftOut += run.of(query).size() - others.size();
      rankings.put(query, others.subList(0, Math.min(topK, others.size())));
    }
    if (leftOut > 0) {
      LOG.info(
          "{}: {} of {} queries found the document of their own id, which was left out",
          set.name(),
          leftOut,
          rankings.size());
    }
    return Run.of(rankings);
  }
}
