package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

/**
 * A query with its relevant and irrelevant passages, one line of the training format of Tevatron and tDRO: {@code query_id},
 * {@code query}, and {@code positive_passages} and {@code negative_passages}, each with {@code docid}, {@code text} and,
 * if there are any, {@code title} and a teacher's score.
 *
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
  public TrainingRow {
    positives = List.copyOf(positives);
    negatives = List.copyOf(negatives);
  }

  /**
   * Parses a line.
   *
   * @throws InputException listing all that is wrong with it
   */
  static TrainingRow parse(TextLines.Line line) {
    var node = line.object();
    var problems = new ArrayList<String>();
    var queryId = node.path("query_id").asText("");
    if (queryId.isEmpty()) {
      problems.add("query_id is missing");
    }
    var query = node.path("query").asText("");
    if (query.isBlank()) {
      problems.add("query is missing or empty");
    }
    var positives = passages(node, "positive_passages", problems);
    if (positives.isEmpty() && problems.isEmpty()) {
      problems.add("has no positive passage");
    }
    var negatives = passages(node, "negative_passages", problems);
    var scores = PassageScores.of(node, problems);
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.stream().map(problem -> line.place() + ": " + problem).toList());
    }
    return new TrainingRow(queryId, query, positives, negatives, scores);
  }

  private static List<Passage> passages(JsonNode row, String key, List<String> problems) {
    var array = row.path(key);
    var passages = new ArrayList<Passage>();
    if (!array.isArray() && !array.isMissingNode() && !array.isNull()) {
      problems.add(key + " is not a list");
    }
    for (int i = 0; i < array.size(); i++) {
      var passage = new Passage(
          array.path(i).path("docid").asText(""),
          array.path(i).path("title").asText(""),
          array.path(i).path("text").asText(""));
      if (passage.content().isBlank()) {
        problems.add("%s[%d] has no text".formatted(key, i));
      }
      passages.add(passage);
    }
    return passages;
  }
}
