package org.tdro.rows;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A query with its relevant and irrelevant passages.
 *
 * @param queryId names the query, not the row: rows of the same query may have the same
 * @param positives at least one
 * @param negatives possibly none
 * @param scores of all passages, or none
 */
public record TrainingRow(
    String queryId,
    String query,
    List<Passage> positives,
    List<Passage> negatives,
    Optional<PassageScores> scores) {
  static final String POSITIVES = "positive_passages";
  static final String NEGATIVES = "negative_passages";

  public TrainingRow {
    positives = List.copyOf(positives);
    negatives = List.copyOf(negatives);
  }

  /**
   * Returns the row without some of its negatives and their scores.
   *
   * @param left tells by its place whether a negative is left out
   */
  public TrainingRow withoutNegatives(IntPredicate left) {
    var kept = IntStream.range(0, negatives.size()).filter(left.negate()).toArray();
    var keptScores = scores.map(of -> {
      var values = new float[kept.length];
      for (int i = 0; i < kept.length; i++) {
        values[i] = of.negatives()[kept[i]];
      }
      return new PassageScores(of.positives(), values);
    });
    return new TrainingRow(
        queryId,
        query,
        positives,
        Arrays.stream(kept).mapToObj(negatives::get).toList(),
        keptScores);
  }
}
