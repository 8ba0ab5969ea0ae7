package org.tdro.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tdro.io.InputException;
import org.tdro.search.ScoredDocument;

/** The relevance of a query's ranked documents, from which all measures are computed. */
final class RankedRelevance {
  private static final int UNJUDGED = -1;

  /** The largest relevance of gdeval. */
  private static final int LARGEST_GRADE = 4;

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

  /**
   * Returns Σ r(i) / i Π (1 - r(j)), j before i, where r = (2^relevance - 1) / 2^4.
   *
   * @throws InputException if a relevance is above 4
   */
  double expectedReciprocalRank(int depth) {
    if (idealGains.length > 0 && idealGains[0] > LARGEST_GRADE) {
      throw new InputException(
          "err knows a relevance of at most " + LARGEST_GRADE + ", found " + idealGains[0]);
    }
    double sum = 0;
    double unsatisfied = 1;
    for (int i = 0; i < Math.min(depth, relevance.length); i++) {
      double stops = (Math.pow(2, Math.max(0, relevance[i])) - 1) / Math.pow(2, LARGEST_GRADE);
      sum += unsatisfied * stops / (i + 1);
      unsatisfied *= 1 - stops;
    }
    return sum;
  }

  /** Returns the share of judged documents among the retrieved ones within the depth; 0 if there are none. */
  double judgedShare(int depth) {
    int seen = Math.min(depth, relevance.length);
    long judged =
        Arrays.stream(relevance, 0, seen).filter(grade -> grade != UNJUDGED).count();
    return seen == 0 ? 0 : (double) judged / seen;
  }
}
