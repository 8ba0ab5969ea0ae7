package org.tdro.search;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** A way to make one ranking of several, query by query. Documents that a ranking does not have get nothing from it. */
public sealed interface Fusion {
  /** Returns what each document of a query gets from one ranking. */
  Map<String, Double> shares(int run, List<ScoredDocument> ranking);

  /**
   * Returns the ranking of the sums of {@link #shares}, for each query that one of the runs has.
   *
   * @param topK documents kept of each query
   */
  default Run fuse(List<Run> runs, int topK) {
    var queries = new LinkedHashSet<String>();
    runs.forEach(run -> queries.addAll(run.queries()));
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (var query : queries) {
      var sums = new HashMap<String, Double>();
      for (int run = 0; run < runs.size(); run++) {
        shares(run, runs.get(run).of(query))
            .forEach((document, share) -> sums.merge(document, share, Double::sum));
      }
      rankings.put(
          query,
          sums.entrySet().stream()
              .map(sum -> new ScoredDocument(sum.getKey(), sum.getValue()))
              .sorted(ScoredDocument.RANKING)
              .limit(topK)
              .toList());
    }
    return Run.of(rankings);
  }

  /**
   * Reciprocal rank fusion (Cormack et al. 2009): a document gets 1 / (k + rank), ranks from 1.
   *
   * @param k how little the first ranks stand out, at least 0
   */
  record ReciprocalRank(int k) implements Fusion {
    /** The constant of the paper. */
    public static final ReciprocalRank DEFAULT = new ReciprocalRank(60);

    public ReciprocalRank {
      if (k < 0) {
        throw new IllegalArgumentException(
            "k of reciprocal rank fusion must be at least 0, was " + k);
      }
    }

    @Override
    public Map<String, Double> shares(int run, List<ScoredDocument> ranking) {
      var shares = new HashMap<String, Double>();
      for (int i = 0; i < ranking.size(); i++) {
        shares.put(ranking.get(i).id(), 1.0 / (k + i + 1));
      }
      return shares;
    }
  }

  /**
   * The weighted sum of scores that are first put between 0, the lowest of the query's ranking, and 1, the highest: ranx's {@code wsum} with
   * the norm {@code min-max}. As there, all get 0 if all scores are equal.
   *
   * @param weights one for each run
   */
  record WeightedSum(List<Double> weights) implements Fusion {
    /** As in ranx: below this difference scores are equal. */
    private static final double LEAST_RANGE = 1e-9;

    public WeightedSum {
      weights = List.copyOf(weights);
      for (double weight : weights) {
        if (!(weight >= 0 && Double.isFinite(weight))) {
          throw new IllegalArgumentException("a weight must be at least 0, was " + weight);
        }
      }
    }

    @Override
    public Run fuse(List<Run> runs, int topK) {
      if (runs.size() != weights.size()) {
        throw new IllegalArgumentException(
            weights.size() + " weights for " + runs.size() + " runs");
      }
      return Fusion.super.fuse(runs, topK);
    }

    @Override
    public Map<String, Double> shares(int run, List<ScoredDocument> ranking) {
      var shares = new HashMap<String, Double>();
      var range = ranking.stream().mapToDouble(ScoredDocument::score).summaryStatistics();
      double width = Math.max(range.getMax() - range.getMin(), LEAST_RANGE);
      for (var document : ranking) {
        shares.put(document.id(), weights.get(run) * ((document.score() - range.getMin()) / width));
      }
      return shares;
    }
  }
}
