package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * The scores that a teacher, such as a cross-encoder, gave the passages of a row.
 *
 * @param positives of each relevant passage
 * @param negatives of each irrelevant passage
 */
@SuppressWarnings("ArrayRecordComponent") // read for one batch, never compared
public record PassageScores(float[] positives, float[] negatives) {

  /** Reads the {@code score} of all passages of a row; returns nothing if none has one, or after adding to {@code problems}. */
  static Optional<PassageScores> of(JsonNode row, List<String> problems) {
    var scores = new PassageScores(
        of(row, "positive_passages", problems), of(row, "negative_passages", problems));
    var passages = scores.positives.length + scores.negatives.length;
    var absent = absent(scores.positives) + absent(scores.negatives);
    if (absent > 0 && absent < passages) {
      problems.add("%d of %d passages have no score; give all of them one or none"
          .formatted(absent, passages));
    }
    return absent > 0 ? Optional.empty() : Optional.of(scores);
  }

  /** Reads the scores of a list of passages; NaN for those without. */
  private static float[] of(JsonNode row, String key, List<String> problems) {
    var scores = new float[row.path(key).size()];
    for (int i = 0; i < scores.length; i++) {
      var score = row.path(key).path(i).path("score");
      var absent = score.isMissingNode() || score.isNull();
      scores[i] = absent ? Float.NaN : score.floatValue();
      if (!absent && !(score.isNumber() && Float.isFinite(scores[i]))) {
        problems.add("%s[%d] has a score that is not a number: %s".formatted(key, i, score));
      }
    }
    return scores;
  }

  private static int absent(float[] scores) {
    int absent = 0;
    for (var score : scores) {
      if (Float.isNaN(score)) {
        absent++;
      }
    }
    return absent;
  }
}
