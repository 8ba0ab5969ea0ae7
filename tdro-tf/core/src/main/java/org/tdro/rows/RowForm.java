package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.io.Json;
import org.tdro.rows.records.Records;

/**
 * The columns of a record that make a training row, and what they hold. Every form of rows is one: a query, columns of positives and
 * columns of negatives.
 *
 * @param ids columns of the query's id, of which the first that a record has counts
 * @param query the column of the text
 * @param positives columns of passages, of which a record has at least one
 * @param negatives columns of passages; those numbered by sentence-transformers are found in each record
 * @param items what a column of passages holds
 * @param scores where the scores of a teacher are
 * @param unused columns that are known and hold nothing for training, so that nothing is said of them
 */
record RowForm(
    RowFormat format,
    List<String> ids,
    String query,
    List<String> positives,
    List<String> negatives,
    Items items,
    Scores scores,
    Set<String> unused) {

  /** What a column of passages holds. */
  enum Items {
    OBJECTS("an object with text", "a list of objects with text"),
    TEXTS("a string", "a list of strings"),
    IDS("an id of a document", "a list of ids of documents"),
    TEXTS_OR_OBJECTS("a string or an object with text", "a text or a list of texts");

    final String one;
    final String all;

    Items(String one, String all) {
      this.one = one;
      this.all = all;
    }
  }

  /** Where the scores of a teacher are. */
  enum Scores {
    NONE,
    /** In each passage, as {@code score}. */
    IN_PASSAGES,
    /** In lists beside those of the passages, {@code pos_scores} and {@code neg_scores}. */
    IN_LISTS
  }

  static final String POSITIVE_SCORES = "pos_scores";
  static final String NEGATIVE_SCORES = "neg_scores";

  /** The most keys of an object that is taken for a frame around a list of records. */
  private static final int WRAPPER_KEYS = 8;

  private static final int SHOWN_KEYS = 12;
  private static final int SHOWN_NAME = 40;
  private static final int SHOWN_FORMS = 3;

  private static final List<String> QUERY_IDS = List.of("query_id", "qid");
  private static final String ANCHOR = "anchor";
  private static final String POSITIVE = "positive";
  private static final Pattern NEGATIVE = Pattern.compile("negatives?(?:_?(\\d+))?");

  /** Columns of a query and of a text that answers it. */
  private static final List<List<String>> PAIRS = List.of(
      List.of(ANCHOR, POSITIVE),
      List.of("query", POSITIVE),
      List.of("question", POSITIVE),
      List.of("query", "passage"),
      List.of("query", "document"),
      List.of("query", "answer"),
      List.of("query", "response"),
      List.of("question", "answer"),
      List.of("question", "response"),
      List.of("question", "context"),
      List.of("sentence1", "sentence2"),
      List.of("sentence_A", "sentence_B"),
      List.of("premise", "hypothesis"));

  /** Columns that say whether, or how much, a pair belongs together. */
  private static final List<String> LABELS = List.of("label", "labels", "score", "scores");

  private static final RowForm TEVATRON = new RowForm(
      RowFormat.TEVATRON,
      QUERY_IDS,
      "query",
      List.of(TrainingRow.POSITIVES),
      List.of(TrainingRow.NEGATIVES),
      Items.OBJECTS,
      Scores.IN_PASSAGES,
      Set.of("answers"));

  private static final RowForm FLAG_EMBEDDING = new RowForm(
      RowFormat.FLAGEMBEDDING,
      QUERY_IDS,
      "query",
      List.of("pos"),
      List.of("neg"),
      Items.TEXTS,
      Scores.IN_LISTS,
      Set.of("id", "type", POSITIVE_SCORES, NEGATIVE_SCORES));

  private static final RowForm DPR = new RowForm(
      RowFormat.DPR,
      QUERY_IDS,
      "question",
      List.of("positive_ctxs"),
      List.of("hard_negative_ctxs", "negative_ctxs"),
      Items.OBJECTS,
      Scores.NONE,
      Set.of("dataset", "answers"));

  /**
   * Returns the form of a record.
   *
   * @param options the columns or the form that a user named
   * @return nothing if it is not known; see {@link #refusal}
   */
  static Optional<RowForm> of(JsonNode value, RowOptions options) {
    var record = named(value);
    if (options.columns().isPresent()) {
      return options.columns().map(RowForm::of);
    }
    return Stream.of(
            fixed(TEVATRON, record, options),
            fixed(byId(record), record, options),
            fixed(FLAG_EMBEDDING, record, options),
            fixed(DPR, record, options),
            pairs(record, options))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<RowForm> fixed(RowForm form, JsonNode record, RowOptions options) {
    return options.format().isPresent()
        ? options.format().filter(form.format::equals).map(format -> form)
        : Optional.of(form).filter(known -> known.isIn(record));
  }

  /** Returns whether a record has what makes it a row of this form, well-formed or not. */
  boolean isIn(JsonNode value) {
    var record = named(value);
    // Of Tevatron's rows, the passages alone tell the form, so that a missing query is an error of
    // the row.
    return positives.stream().anyMatch(record::has)
        && (record.has(query) || format == RowFormat.TEVATRON);
  }

  /** Returns what a record of this form has, for a message. */
  String expected() {
    return query + " and " + String.join(" or ", positives);
  }

  /** Returns the form of Tevatron's rows by id, whose query has had two names. */
  private static RowForm byId(JsonNode record) {
    return new RowForm(
        RowFormat.TEVATRON_IDS,
        QUERY_IDS,
        record.has("query_text") ? "query_text" : "query",
        List.of("positive_document_ids"),
        List.of("negative_document_ids"),
        Items.IDS,
        Scores.NONE,
        Set.of("answer", "answers", "source"));
  }

  private static Optional<RowForm> pairs(JsonNode record, RowOptions options) {
    if (options.format().isPresent() && options.format().get() != RowFormat.SENTENCE_TRANSFORMERS) {
      return Optional.empty();
    }
    return pair(record)
        .filter(pair -> LABELS.stream().noneMatch(record::has))
        .map(pair -> new RowForm(
            RowFormat.SENTENCE_TRANSFORMERS,
            QUERY_IDS,
            pair.get(0),
            List.of(pair.get(1)),
            List.of(),
            Items.TEXTS_OR_OBJECTS,
            Scores.NONE,
            Set.of("id")));
  }

  private static Optional<List<String>> pair(JsonNode record) {
    return PAIRS.stream().filter(pair -> pair.stream().allMatch(record::has)).findFirst();
  }

  private static RowForm of(RowOptions.Columns columns) {
    return new RowForm(
        RowFormat.SENTENCE_TRANSFORMERS,
        columns.id().stream().toList(),
        columns.query(),
        columns.positives(),
        columns.negatives(),
        Items.TEXTS_OR_OBJECTS,
        Scores.IN_PASSAGES,
        Set.of());
  }

  /** Returns a record with names: of a list of texts, or of a set of them, the first is the query and the others answer it. */
  static JsonNode named(JsonNode record) {
    if (record.isArray()) {
      var named = JsonNodeFactory.instance.objectNode();
      IntStream.range(0, record.size())
          .forEach(i -> named.set(
              i == 0 ? ANCHOR : i == 1 ? POSITIVE : "negative_" + (i - 1), record.get(i)));
      return named;
    }
    for (var name : List.of("set", "texts")) {
      var set = record.path(name);
      if (record.size() == 1 && set.isArray()) {
        var rest = JsonNodeFactory.instance.arrayNode();
        IntStream.range(1, set.size()).forEach(i -> rest.add(set.get(i)));
        return JsonNodeFactory.instance
            .objectNode()
            .<ObjectNode>set(ANCHOR, set.path(0))
            .set(POSITIVE, rest);
      }
    }
    return record;
  }

  /** Returns the columns of negatives that a record has. */
  List<String> negativesOf(JsonNode record) {
    if (format != RowFormat.SENTENCE_TRANSFORMERS
        || !negatives.isEmpty()
        || scores != Scores.NONE) {
      return negatives;
    }
    return names(record)
        .filter(name -> NEGATIVE.matcher(name).matches())
        .sorted(Comparator.comparingInt(RowForm::number))
        .toList();
  }

  private static int number(String negative) {
    var matcher = NEGATIVE.matcher(negative);
    return matcher.matches() && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** Returns the names of a record's columns that hold something and are neither read nor known. */
  List<String> ignored(JsonNode record) {
    var read = negativesOf(record);
    return names(record)
        .filter(name -> !record.path(name).isNull()
            && !name.equals(query)
            && !ids.contains(name)
            && !positives.contains(name)
            && !read.contains(name)
            && !unused.contains(name))
        .map(RowForm::shortened)
        .toList();
  }

  /** Returns whether an object is a row, or looks like one that was meant to be. */
  static boolean isRow(JsonNode record, RowOptions options) {
    return of(record, options).isPresent() || record.has("query") || record.has("query_id");
  }

  /** Returns why a record is not a row of the form that a user named, or of any. */
  static String refusal(JsonNode value, RowOptions options) {
    var record = named(value);
    var asked = options.columns().isPresent() || options.format().isPresent()
        ? of(value, options)
        : Optional.<RowForm>empty();
    if (asked.isPresent()) {
      return "has %s, expected %s%s"
          .formatted(
              keys(record),
              asked.get().expected(),
              options.columns().isPresent() ? ", as --columns says" : "");
    }
    if (value.isArray()) {
      return "is a list of %d values, expected two texts, or three".formatted(value.size());
    }
    var label = LABELS.stream().filter(record::has).findFirst();
    if (label.isPresent()
        && (pair(record).isPresent() || record.has(ANCHOR) || record.has("query"))) {
      return "has %s: what %s says of a text is not read, so this is not a row; keep the texts that belong together, and leave %s out"
          .formatted(keys(record), label.get(), label.get());
    }
    if (record.has("qid") && record.has("pos")) {
      return "has %s, hard negatives by id, which are not read: replace the ids by the texts of queries and passages"
          .formatted(keys(record));
    }
    if (isDocument(record)) {
      return "has %s, as a document or a query of a collection, not a training row: name the folder of the collection"
          .formatted(keys(record));
    }
    var list = names(record)
        .filter(name -> record.path(name).isArray() && record.path(name).path(0).isObject())
        .findFirst();
    if (list.isPresent() && record.size() <= WRAPPER_KEYS) {
      return "has %s, expected a list of records or one on each line; %s"
          .formatted(keys(record), Records.fromList(list.get()));
    }
    return "has %s, expected %s; name columns that are called otherwise (--columns query=NAME,positive=NAME)"
        .formatted(keys(record), nearest(record));
  }

  /** Returns the forms that a record has most of, with what they need. */
  private static String nearest(JsonNode record) {
    var shared = new TreeMap<Long, List<String>>(Comparator.reverseOrder());
    Stream.concat(
            Stream.of(TEVATRON, FLAG_EMBEDDING, DPR, byId(record))
                .map(form -> new Needed(form.format, form.query, form.positives.get(0))),
            PAIRS.stream()
                .map(pair -> new Needed(RowFormat.SENTENCE_TRANSFORMERS, pair.get(0), pair.get(1))))
        .forEach(needed -> shared
            .computeIfAbsent(needed.in(record), count -> new ArrayList<>())
            .add(needed.toString()));
    var best = shared.firstEntry().getValue();
    return shared.firstKey() == 0
        ? "query_id, query and positive_passages, or the columns of another form"
        : String.join(", or ", best.subList(0, Math.min(SHOWN_FORMS, best.size())))
            + (best.size() > SHOWN_FORMS ? ", or another form" : "");
  }

  /** The columns that tell a form. */
  private record Needed(RowFormat format, String query, String positive) {
    /** Returns how much of them a record has, under their names or ones that begin alike. */
    long in(JsonNode record) {
      return share(record, query) + share(record, positive);
    }

    private static long share(JsonNode record, String column) {
      return record.has(column) ? 2 : names(record).anyMatch(name -> isLike(name, column)) ? 1 : 0;
    }

    private static boolean isLike(String name, String column) {
      var lower = name.toLowerCase(Locale.ROOT);
      return lower.length() > 2 && (lower.startsWith(column) || column.startsWith(lower));
    }

    @Override
    public String toString() {
      return "%s and %s (%s)".formatted(query, positive, format);
    }
  }

  private static boolean isDocument(JsonNode record) {
    return Documents.IDS.stream().anyMatch(record::has)
        && Documents.TEXTS.stream().anyMatch(record::has);
  }

  /** Returns the names of an object's keys, for a message. */
  static String keys(JsonNode record) {
    if (!record.isObject()) {
      return Json.describe(record);
    }
    var names = names(record).map(RowForm::shortened).toList();
    return names.isEmpty()
        ? "no keys"
        : "the keys " + String.join(", ", names.subList(0, Math.min(SHOWN_KEYS, names.size())))
            + (names.size() > SHOWN_KEYS
                ? " and %d more".formatted(names.size() - SHOWN_KEYS)
                : "");
  }

  /** Returns a name, in quotes if it does not look like one. */
  private static String shortened(String name) {
    var cut = name.length() > SHOWN_NAME ? name.substring(0, SHOWN_NAME) + "…" : name;
    return cut.matches("[\\w.-]+") ? cut : "'" + cut + "'";
  }

  private static Stream<String> names(JsonNode record) {
    var names = new ArrayList<String>();
    record.fieldNames().forEachRemaining(names::add);
    return names.stream();
  }
}
