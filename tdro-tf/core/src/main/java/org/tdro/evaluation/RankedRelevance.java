package org.tdro.evaluation;

import java.util.List;
import java.util.Map;
import org.tdro.search.ScoredDocument;

/** The relevance of a query's ranked documents, from which all measures are computed. */
final class RankedRelevance {
  private static final int UNJUDGED = -1;

  private final int[] relevance;
  private final int[] idealGains;
  private final int relevant;
  private final int relevanceLevel;

  /**
   * Looks up the relevance of each document.
   *
   * @param relevanceLevel the least relevance of a document that counts as relevant
   */
  RankedRelevance(
      List<ScoredDocument> ranking, Map<String, Integer> judgements, int relevanceLevel) {
    this.relevanceLevel = relevanceLevel;
    this.relevance = ranking.stream()
        .mapToInt(document -> Math.max(UNJUDGED, judgements.getOrDefault(document.id(), UNJUDGED)))
        .toArray();
    // Sorts in descending order.
    this.idealGains = judgements.values().stream()
        .filter(grade -> grade > 0)
        .mapToInt(grade -> -grade)
        .sorted()
        .map(negated -> -negated)
        .toArray();
    this.relevant =
        (int) judgements.values().stream().filter(grade -> isRelevant(grade)).count();
  }

  private boolean isRelevant(int grade) {
    return grade >= relevanceLevel;
  }

  int retrieved() {
    return relevance.length;
  }

  int relevant() {
    return relevant;
  }

  int relevantWithin(int depth) {
    int count = 0;
    for (int i = 0; i < Math.min(depth, relevance.length); i++) {
      count += isRelevant(relevance[i]) ? 1 : 0;
    }
    return count;
  }

  /** Returns the sum of the precisions at the ranks of relevant documents, divided by the number of all relevant documents. */
  double averagePrecision(int depth) {
    double sum = 0;
    int found = 0;
    for (int i = 0; i < Math.min(depth, relevance.length); i++) {
      if (isRelevant(relevance[i])) {
        sum += (double) ++found / (i + 1);
      }
    }
    return relevant == 0 ? 0 : sum / relevant;
  }

  /** Returns 1 / rank of the first relevant document; 0 if there is none within the depth. */
  double reciprocalRank(int depth) {
    for (int i = 0; i < Math.min(depth, relevance.length); i++) {
      if (isRelevant(relevance[i])) {
        return 1.0 / (i + 1);
      }
    }
    return 0;
  }

  /** Returns the gain of the ranking, divided by that of all judged documents in descending order of relevance. */
  double normalizedGain(int depth) {
    double ideal = discountedGain(idealGains, depth);
    return ideal == 0 ? 0 : discountedGain(relevance, depth) / ideal;
  }

  /** Returns Σ gain / log2(rank + 1), where the gain is the relevance, whatever the relevance level. */
  private static double discountedGain(int[] gains, int depth) {
    double sum = 0;
    for (int i = 0; i < Math.min(depth, gains.length); i++) {
      if (gains[i] > 0) {
        sum += gains[i] * Math.log(2) / Math.log(i + 2);
      }
    }
    return sum;
  }
}
