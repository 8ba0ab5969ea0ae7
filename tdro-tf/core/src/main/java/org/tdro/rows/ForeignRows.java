package org.tdro.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Rows in the forms of other programs, which are not read but recognised, so that a message can say how to convert them. */
enum ForeignRows {
  FLAG_EMBEDDING(
      "FlagEmbedding's rows",
      "pos and neg become positive_passages and negative_passages, each string an object with docid and text, and a query_id is added",
      List.of("query", "pos")),
  HARD_NEGATIVES_BY_ID(
      "sentence-transformers' hard negatives by id",
      "ids have to be replaced by the texts of queries and passages",
      List.of("qid", "pos")),
  TEVATRON_BY_ID(
      "Tevatron's rows by document id",
      "query_text becomes query, and the ids become positive_passages and negative_passages with the texts of the corpus",
      List.of("positive_document_ids"),
      List.of("query_text", "negative_document_ids")),
  DPR(
      "DPR's rows",
      "question becomes query; positive_ctxs, and negative_ctxs and hard_negative_ctxs, become positive_passages and negative_passages; a query_id is added",
      List.of("question", "positive_ctxs")),
  TRIPLETS(
      "sentence-transformers' pairs or triplets",
      "anchor becomes query, positive and negative become lists positive_passages and negative_passages of objects with docid and text, and a query_id is added",
      List.of("anchor", "positive"),
      List.of("query", "positive")),
  SENTENCE_PAIRS(
      "sentence-transformers' sentence pairs",
      "of pairs that mean the same, sentence1 becomes query and sentence2 the text of a positive passage; a query_id is added",
      List.of("sentence1", "sentence2"),
      List.of("sentence_A", "sentence_B"),
      List.of("premise", "hypothesis")),
  TEXT_SETS(
      "sentence-transformers' sets of texts",
      "the first text becomes query, the others the texts of positive passages; a query_id is added",
      List.of("set"),
      List.of("texts")),
  ANSWERS(
      "questions with answers",
      "the question becomes query and the answer the text of a positive passage; a query_id is added",
      List.of("question", "answer"),
      List.of("query", "answer"),
      List.of("query", "response")),
  BEIR(
      "lines of BEIR's corpus.jsonl or queries.jsonl",
      "training rows join each query with the texts of its documents by qrels/train.tsv; for evaluation, name the folder in eval.data",
      List.of("_id", "text")),
  CORPUS(
      "documents of a corpus, not training rows",
      "training rows join each query with the texts of its documents",
      List.of("docid", "text"),
      List.of("id", "contents"));

  private static final String GUIDE = "see Rows of other programs in docs/data-format.md";

  private final String name;
  private final String conversion;

  @SuppressWarnings("ImmutableEnumChecker") // the lists are unmodifiable
  private final List<List<String>> keys;

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  ForeignRows(String name, String conversion, List<String>... keys) {
    this.name = name;
    this.conversion = conversion;
    this.keys = List.of(keys);
  }

  /** Returns what to say of a row that lacks the keys of a training row; empty if its form is not known either. */
  static Optional<String> of(JsonNode row) {
    return Arrays.stream(values()).flatMap(form -> form.recognise(row).stream()).findFirst();
  }

  private Optional<String> recognise(JsonNode row) {
    return keys.stream()
        .filter(known -> known.stream().allMatch(row::has))
        .findFirst()
        .map(known -> "has the keys %s of %s; to convert it: %s (%s)"
            .formatted(String.join(", ", known), name, conversion, GUIDE));
  }

  /** Returns what to say of a line that is not a JSON object; empty if its form is not known. */
  static Optional<String> ofText(String line) {
    int fields = line.split("\t", -1).length;
    if (line.startsWith("[")) {
      return Optional.of(
          "is a list, expected an object with query_id, query and positive_passages; a list of rows becomes a row on each line with jq -c '.[]' ("
              + GUIDE + ")");
    }
    return line.startsWith("{") || fields < 2
        ? Optional.empty()
        : Optional.of(
            "holds %d values separated by tabs, as MS MARCO's files do, expected a JSON object with query_id, query and positive_passages (%s)"
                .formatted(fields, GUIDE));
  }

  /** Returns whether an object is a row of any form: a training row, a part of one, or a row of another program. */
  static boolean isRow(JsonNode node) {
    return node.isObject()
        && (node.has("query")
            || node.has("query_id")
            || node.has("positive_passages")
            || of(node).isPresent());
  }

  /** Returns the names of an object's keys, for a message. */
  static String keys(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names.isEmpty() ? "no keys" : "the keys " + String.join(", ", names);
  }
}
