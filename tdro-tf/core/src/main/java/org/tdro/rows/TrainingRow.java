package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.io.InputException;
import org.tdro.io.Json;
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
  static final String POSITIVES = "positive_passages";
  static final String NEGATIVES = "negative_passages";

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
    var problems = new ArrayList<String>();
    var other = ForeignRows.ofText(line.text());
    if (other.isPresent()) {
      throw new InputException(line.place() + ": " + other.get());
    }
    var row = new Parts(line.object(), problems).row();
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.stream().map(problem -> line.place() + ": " + problem).toList());
    }
    return row;
  }

  /** The parts of a row, read with the problems that they have. */
  private record Parts(JsonNode node, List<String> problems) {
    TrainingRow row() {
      if (isAbsent(node.path(POSITIVES))) {
        problems.add(ForeignRows.of(node)
            .orElseGet(() -> "has %s, expected query_id, query and positive_passages"
                .formatted(ForeignRows.keys(node))));
        return null;
      }
      var queryId = id(node, "query_id", "query_id");
      if (queryId.isEmpty() && problems.isEmpty()) {
        problems.add("query_id is missing");
      }
      var query = text(node, "query", "query");
      if (query.isBlank() && !hasOtherType(node.path("query"))) {
        problems.add("query is missing or empty");
      }
      var positives = passages(POSITIVES);
      if (node.path(POSITIVES).isArray() && positives.isEmpty()) {
        problems.add("has no positive passage");
      }
      var negatives = passages(NEGATIVES);
      var scores =
          problems.isEmpty() ? PassageScores.of(node, problems) : Optional.<PassageScores>empty();
      return new TrainingRow(queryId, query, positives, negatives, scores);
    }

    private List<Passage> passages(String key) {
      var list = node.path(key);
      var passages = new ArrayList<Passage>();
      if (!list.isArray() && !isAbsent(list)) {
        problems.add(
            "%s is %s, expected a list of objects with text".formatted(key, Json.describe(list)));
        return passages;
      }
      for (int i = 0; i < list.size(); i++) {
        passages.add(passage(list.path(i), "%s[%d]".formatted(key, i)));
      }
      return passages;
    }

    private Passage passage(JsonNode passage, String place) {
      if (!passage.isObject()) {
        problems.add(
            "%s is %s, expected an object with text".formatted(place, Json.describe(passage)));
        return new Passage("", "", "");
      }
      var read = new Passage(
          id(passage, "docid", place + ".docid"),
          text(passage, "title", place + ".title"),
          text(passage, "text", place + ".text"));
      if (read.content().isBlank()
          && !hasOtherType(passage.path("title"))
          && !hasOtherType(passage.path("text"))) {
        problems.add(place + " has no text");
      }
      return read;
    }

    private String text(JsonNode of, String key, String place) {
      var value = of.path(key);
      if (hasOtherType(value)) {
        problems.add("%s is %s, expected a string".formatted(place, Json.describe(value)));
      }
      return value.asText("");
    }

    private String id(JsonNode of, String key, String place) {
      var value = of.path(key);
      if (hasOtherType(value) && !value.isNumber()) {
        problems.add(
            "%s is %s, expected a string or a number".formatted(place, Json.describe(value)));
      }
      return value.asText("");
    }

    private static boolean hasOtherType(JsonNode text) {
      return !isAbsent(text) && !text.isTextual();
    }

    private static boolean isAbsent(JsonNode value) {
      return value.isMissingNode() || value.isNull();
    }
  }
}
