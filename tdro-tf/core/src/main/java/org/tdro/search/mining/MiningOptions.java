package org.tdro.search.mining;

import java.util.Locale;
import java.util.OptionalDouble;
import org.tdro.io.Checks;

/**
 * Which passages become negatives of a row. Names and margins are those of sentence-transformers' {@code mine_hard_negatives}.
 *
 * @param rangeMin the first rank that is taken, from 1; the ranking holds the positives, too
 * @param rangeMax the last rank that is taken
 * @param number negatives of a row
 * @param sampling how they are chosen among the passages that remain
 * @param seed of a random choice
 * @param maxScore passages with a higher score are left out
 * @param minScore passages with a lower score are left out
 * @param absoluteMargin passages are left out unless they score at least so much less than the row's lowest positive
 * @param relativeMargin passages are left out if they score more than (1 − this) of the row's lowest positive, of scores above 0: 0.05 is
 *     the 95 % of NV-Retriever (Moreira et al. 2024)
 * @param positiveOverlap passages that share at least this part of their words with a positive of the row are left out; above 1, none are
 */
public record MiningOptions(
    int rangeMin,
    int rangeMax,
    int number,
    Sampling sampling,
    long seed,
    OptionalDouble maxScore,
    OptionalDouble minScore,
    OptionalDouble absoluteMargin,
    OptionalDouble relativeMargin,
    double positiveOverlap) {

  /** Ways to choose negatives. */
  public enum Sampling {
    /** The best ranked. */
    TOP,
    /** Any, by seed and query id. */
    RANDOM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public MiningOptions {
    new Checks()
        .atLeast(1, "rangeMin", rangeMin)
        .that(
            rangeMax >= rangeMin,
            "rangeMax must be at least rangeMin, %d, was %d".formatted(rangeMin, rangeMax))
        .atLeast(1, "number", number)
        .that(
            relativeMargin.isEmpty()
                || (relativeMargin.getAsDouble() >= 0 && relativeMargin.getAsDouble() < 1),
            "relativeMargin must be from 0 to below 1, was " + relativeMargin.orElse(0))
        .that(isNumber(maxScore), "maxScore must be a number")
        .that(isNumber(minScore), "minScore must be a number")
        .that(isNumber(absoluteMargin), "absoluteMargin must be a number")
        .that(positiveOverlap > 0, "positiveOverlap must be above 0, was " + positiveOverlap)
        .done();
  }

  private static boolean isNumber(OptionalDouble value) {
    return !Double.isNaN(value.orElse(0));
  }

  /** Returns whether passages are compared with the scores of positives. */
  boolean needsPositives() {
    return absoluteMargin.isPresent() || relativeMargin.isPresent();
  }

  /** Returns why a score keeps a passage from being a negative, or null. */
  MiningCounts.Reason reason(double score, double lowestPositive) {
    if (score > maxScore.orElse(Double.POSITIVE_INFINITY)) {
      return MiningCounts.Reason.MAX_SCORE;
    }
    if (score < minScore.orElse(Double.NEGATIVE_INFINITY)) {
      return MiningCounts.Reason.MIN_SCORE;
    }
    if (absoluteMargin.isPresent() && score > lowestPositive - absoluteMargin.getAsDouble()) {
      return MiningCounts.Reason.ABSOLUTE_MARGIN;
    }
    // The part of a score below 0 would be above it.
    if (relativeMargin.isPresent()
        && score > lowestPositive - Math.abs(lowestPositive) * relativeMargin.getAsDouble()) {
      return MiningCounts.Reason.RELATIVE_MARGIN;
    }
    return null;
  }
}
