package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;

/** Makes training rows of the records of one form. Thread-safe. */
final class RowParser {
  private static final Logger LOG = LoggerFactory.getLogger(RowParser.class);
  private static final int DERIVED_ID_LENGTH = 16;

  private final RowForm form;
  private final Optional<Documents> documents;
  private final Optional<Example> example;
  private final Set<String> told;

  /** The first row of a source. */
  private record Example(boolean hasScores, String place) {}

  /** Creates a parser of rows; those that name documents by id need the documents. */
  RowParser(RowForm form, Optional<Documents> documents) {
    this(form, documents, Optional.empty(), ConcurrentHashMap.newKeySet());
  }

  private RowParser(
      RowForm form, Optional<Documents> documents, Optional<Example> example, Set<String> told) {
    this.form = form;
    this.documents = documents;
    this.example = example;
    this.told = told;
  }

  /** Returns a parser of rows that have scores if, and only if, {@code row} has. */
  RowParser like(TrainingRow row, String place) {
    return new RowParser(
        form, documents, Optional.of(new Example(row.scores().isPresent(), place)), told);
  }

  /** Returns the id of a query that has none: a hash of its text, so that its fold depends on nothing else. */
  static String idOf(String query) {
    return Sha256.of(query).substring(0, DERIVED_ID_LENGTH);
  }

  /**
   * Makes a row.
   *
   * @throws InputException listing all that is wrong with it
   */
  TrainingRow parse(JsonNode value, String place) {
    var problems = new ArrayList<String>();
    var record = RowForm.named(value);
    var row = value.isArray() && form.format() != RowFormat.SENTENCE_TRANSFORMERS
        ? refused(problems, "is a list, expected an object with " + form.expected())
        : new Parts(record, problems).row();
    if (problems.isEmpty()) {
      example
          .filter(first -> first.hasScores() != row.scores().isPresent())
          .ifPresent(first -> problems.add(
              "its passages have %s, unlike those of %s; score all rows of a domain or none"
                  .formatted(row.scores().isPresent() ? "scores" : "no scores", first.place())));
    }
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.stream().map(problem -> place + ": " + problem).toList());
    }
    tellIgnored(record, place);
    return row;
  }

  private static TrainingRow refused(List<String> problems, String problem) {
    problems.add(problem);
    return null;
  }

  private void tellIgnored(JsonNode record, String place) {
    var news = form.ignored(record).stream().filter(told::add).toList();
    if (!news.isEmpty()) {
      LOG.warn("{}: not used, here and further on: {}", place, String.join(", ", news));
    }
  }

  /** Passages with the scores that they have; NaN for those without. */
  private record Scored(List<Passage> passages, List<Float> scores) {
    Scored() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    void add(Passage passage, float score) {
      passages.add(passage);
      scores.add(score);
    }

    float[] array() {
      var array = new float[scores.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = scores.get(i);
      }
      return array;
    }
  }

  /** The parts of a row, read with the problems that they have. */
  private final class Parts {
    private final JsonNode node;
    private final List<String> problems;

    Parts(JsonNode node, List<String> problems) {
      this.node = node;
      this.problems = problems;
    }

    TrainingRow row() {
      if (form.positives().stream().allMatch(key -> isAbsent(node.path(key)))) {
        return refused(
            problems, "has %s, expected %s".formatted(RowForm.keys(node), form.expected()));
      }
      var queryId = id(node, form.ids(), "");
      var query = text(node, form.query(), form.query());
      if (query.isBlank() && !hasOtherType(node.path(form.query()))) {
        problems.add(form.query() + " is missing or empty");
      }
      int before = problems.size();
      var positives = passages(form.positives());
      if (positives.passages().isEmpty() && problems.size() == before) {
        problems.add("has no positive passage");
      }
      var negatives = passages(form.negativesOf(node));
      if (form.scores() == RowForm.Scores.IN_LISTS) {
        positives = scored(positives, RowForm.POSITIVE_SCORES);
        negatives = scored(negatives, RowForm.NEGATIVE_SCORES);
      }
      var scores =
          problems.isEmpty() ? scores(positives, negatives) : Optional.<PassageScores>empty();
      return new TrainingRow(
          queryId.isEmpty() ? idOf(query) : queryId,
          query,
          positives.passages(),
          negatives.passages(),
          scores);
    }

    private Optional<PassageScores> scores(Scored positives, Scored negatives) {
      var scores = new PassageScores(positives.array(), negatives.array());
      int passages = positives.scores().size() + negatives.scores().size();
      int absent = scores.absent();
      if (absent > 0 && absent < passages) {
        problems.add("%d of %d passages have no score; give all of them one or none"
            .formatted(absent, passages));
      }
      return absent > 0 ? Optional.empty() : Optional.of(scores);
    }

    /** Returns passages with the scores of a list beside them. */
    private Scored scored(Scored passages, String key) {
      var list = node.path(key);
      if (isAbsent(list) || (list.isArray() && list.isEmpty())) {
        return passages;
      }
      if (!list.isArray() || list.size() != passages.passages().size()) {
        problems.add("%s has %s, expected a number for each of %d passages"
            .formatted(
                key,
                list.isArray() ? list.size() + " values" : Json.describe(list),
                passages.passages().size()));
        return passages;
      }
      var scored = new Scored();
      for (int i = 0; i < list.size(); i++) {
        scored.add(passages.passages().get(i), score(list.get(i), "%s[%d]".formatted(key, i)));
      }
      return scored;
    }

    private float score(JsonNode score, String place) {
      var value = isAbsent(score) ? Float.NaN : score.floatValue();
      if (!isAbsent(score) && !(score.isNumber() && Float.isFinite(value))) {
        problems.add("%s has a score that is not a number: %s".formatted(place, score));
      }
      return value;
    }

    private Scored passages(List<String> keys) {
      var passages = new Scored();
      for (var key : keys) {
        var list = node.path(key);
        if (list.isArray()) {
          for (int i = 0; i < list.size(); i++) {
            add(list.get(i), "%s[%d]".formatted(key, i), passages);
          }
        } else if (form.items() == RowForm.Items.TEXTS_OR_OBJECTS) {
          // A table has no other way to leave a value out.
          if (!isAbsent(list) && !(list.isTextual() && list.textValue().isBlank())) {
            add(list, key, passages);
          }
        } else if (!isAbsent(list)) {
          problems.add(
              "%s is %s, expected %s".formatted(key, Json.describe(list), form.items().all));
        }
      }
      return passages;
    }

    private void add(JsonNode item, String place, Scored to) {
      var passage = passage(item, place);
      if (passage.isEmpty()) {
        return;
      }
      var hasScores = form.scores() == RowForm.Scores.IN_PASSAGES && item.isObject();
      to.add(passage.get(), hasScores ? score(item.path("score"), place) : Float.NaN);
    }

    private Optional<Passage> passage(JsonNode item, String place) {
      var read = switch (form.items()) {
        case OBJECTS -> item.isObject() ? object(item, place) : null;
        case TEXTS -> item.isTextual() ? new Passage("", "", item.textValue()) : null;
        case IDS -> item.isTextual() || item.isNumber() ? document(item.asText(), place) : null;
        case TEXTS_OR_OBJECTS ->
          item.isTextual()
              ? new Passage("", "", item.textValue())
              : item.isObject() ? object(item, place) : null;
      };
      if (read == null) {
        problems.add(
            "%s is %s, expected %s".formatted(place, Json.describe(item), form.items().one));
        return Optional.empty();
      }
      if (read.content().isBlank()
          && !hasOtherType(item.path("title"))
          && !hasOtherType(item.path("text"))) {
        problems.add(place + " has no text");
      }
      return Optional.of(read);
    }

    private Passage object(JsonNode item, String place) {
      return new Passage(
          id(item, Documents.IDS, place + "."),
          text(item, "title", place + ".title"),
          text(item, "text", place + ".text"));
    }

    private Passage document(String id, String place) {
      var found = documents.orElseThrow().find(id);
      if (found.isEmpty()) {
        problems.add("%s names the document %s, which is not in %s"
            .formatted(place, id, documents.get().file()));
      }
      // A text that is not empty, so that this is the only problem.
      return found.orElse(new Passage(id, "", "-"));
    }

    private String text(JsonNode of, String key, String place) {
      var value = of.path(key);
      if (hasOtherType(value)) {
        problems.add("%s is %s, expected a string".formatted(place, Json.describe(value)));
      }
      return value.asText("");
    }

    private String id(JsonNode of, List<String> keys, String place) {
      var present = keys.stream().filter(key -> !isAbsent(of.path(key))).findFirst();
      if (present.isEmpty()) {
        return "";
      }
      var value = of.path(present.get());
      if (hasOtherType(value) && !value.isNumber()) {
        problems.add("%s%s is %s, expected a string or a number"
            .formatted(place, present.get(), Json.describe(value)));
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
