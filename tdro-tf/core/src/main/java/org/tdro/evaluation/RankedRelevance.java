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
  private final int[] judged;
  /** Whether each ranked document is in the judgements, of whatever relevance. */
  private final boolean[] inJudgements;

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
    this.inJudgements = new boolean[ranking.size()];
    for (int i = 0; i < inJudgements.length; i++) {
      inJudgements[i] = judgements.containsKey(ranking.get(i).id());
    }
    this.judged = judgements.values().stream().mapToInt(Integer::intValue).toArray();
    // Sorts in descending order.
    this.idealGains = Arrays.stream(judged)
        .filter(grade -> grade > 0)
        .map(grade -> -grade)
        .sorted()
        .map(negated -> -negated)
        .toArray();
    this.relevant = (int) Arrays.stream(judged).filter(this::isRelevant).count();
  }

  private RankedRelevance(RankedRelevance of, int relevanceLevel) {
    this.relevanceLevel = relevanceLevel;
    this.relevance = of.relevance;
    this.judged = of.judged;
    this.inJudgements = of.inJudgements;
    this.idealGains = of.idealGains;
    this.relevant = (int) Arrays.stream(judged).filter(this::isRelevant).count();
  }

  /** Returns the same ranking with another least relevance of a relevant document. */
  RankedRelevance atLevel(int level) {
    return level == relevanceLevel ? this : new RankedRelevance(this, level);
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

  /** What a document of some relevance is worth to a reader. */
  enum Gain {
    /** The relevance itself. */
    LINEAR,
    /** 2^relevance - 1. */
    EXPONENTIAL;

    double of(int relevance) {
      return this == LINEAR ? relevance : Math.scalb(1.0, relevance) - 1;
    }
  }

  /** Returns the gain of the ranking, divided by that of all judged documents in descending order of relevance. */
  double normalizedGain(int depth, Gain gain) {
    double ideal = discountedGain(idealGains, depth, gain);
    return ideal == 0 ? 0 : discountedGain(relevance, depth, gain) / ideal;
  }

  /** Returns Σ gain / log2(rank + 1), whatever the relevance level. */
  private static double discountedGain(int[] relevance, int depth, Gain gain) {
    double sum = 0;
    for (int i = 0; i < Math.min(depth, relevance.length); i++) {
      if (relevance[i] > 0) {
        sum += gain.of(relevance[i]) * Math.log(2) / Math.log(i + 2);
      }
    }
    return sum;
  }

  /** Returns the share of the relevant documents that are within the depth; 0 if there are none. */
  double recall(int depth) {
    return relevant == 0 ? 0 : (double) relevantWithin(depth) / relevant;
  }

  /** Returns the share of relevant documents among the retrieved ones; 0 if there are none. */
  double precision() {
    return relevance.length == 0 ? 0 : (double) relevantWithin(relevance.length) / relevance.length;
  }

  /**
   * Returns the mean over the relevant documents of 1 - n / min(N, R), and 0 for those not retrieved: n, at most R, of the N documents that
   * were judged and are not relevant come before it; R documents are relevant.
   */
  double binaryPreference() {
    int bound = (int) Math.min(
        Arrays.stream(judged).filter(grade -> grade >= 0 && !isRelevant(grade)).count(), relevant);
    double sum = 0;
    int before = 0;
    for (int grade : relevance) {
      if (isRelevant(grade)) {
        sum += before == 0 ? 1 : 1 - (double) Math.min(before, relevant) / bound;
      } else if (grade != UNJUDGED) {
        before++;
      }
    }
    return relevant == 0 ? 0 : sum / relevant;
  }

  /**
   * Returns the largest precision at any rank with at least this recall. The recall stands for (long) (recall · R + 0.9) of R relevant
   * documents, as in trec_eval 9; version 10 rounds instead.
   */
  double interpolatedPrecision(double recall) {
    long needed = (long) (recall * relevant + 0.9);
    double largest = 0;
    int found = 0;
    for (int i = 0; i < relevance.length; i++) {
      if (isRelevant(relevance[i]) && ++found >= needed) {
        largest = Math.max(largest, (double) found / (i + 1));
      }
    }
    return largest;
  }

  /** Returns (1 - p) Σ p^(rank - 1) over the relevant documents. */
  double rankBiasedPrecision(double persistence) {
    double sum = 0;
    double seen = 1;
    for (int grade : relevance) {
      sum += isRelevant(grade) ? seen : 0;
      seen *= persistence;
    }
    return (1 - persistence) * sum;
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
    int found = 0;
    for (int i = 0; i < seen; i++) {
      found += inJudgements[i] ? 1 : 0;
    }
    return seen == 0 ? 0 : (double) found / seen;
  }
}
