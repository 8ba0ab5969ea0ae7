package org.tdro.experiments.quickstart;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * A generated evaluation set, written in BEIR form: every query has one relevant document.
 *
 * @param name the folder's name
 * @param corpus documents
 * @param queries questions
 * @param relevant document id by query id
 */
record GeneratedSet(
    String name, List<Document> corpus, List<Query> queries, Map<String, String> relevant) {
  private static final int MUSEUM_LABELS = 600;
  private static final int TIMETABLE_TOWNS = 24;
  private static final int TIMETABLE_DEPARTURES = 3;
  private static final int ARITHMETIC_NUMBERS = 160;
  private static final int ZERO_SHOT_QUERIES = 100;
  private static final int KEYWORD_QUERIES_PER_DOMAIN = 40;

  /** A line of {@code corpus.jsonl}; the title may be empty. */
  @JsonPropertyOrder({"_id", "title", "text"})
  record Document(
      @JsonProperty("_id") String id,
      @JsonProperty("title") String title,
      @JsonProperty("text") String text) {}

  /** A line of {@code queries.jsonl}. */
  @JsonPropertyOrder({"_id", "text"})
  record Query(
      @JsonProperty("_id") String id, @JsonProperty("text") String text) {}

  /** Returns a domain's own test set: its whole pool, and one question for each passage held out. */
  static GeneratedSet of(QuickstartDomain domain, Pool pool) {
    return of(domain.id() + "_test", pool.passages(), pool.heldOut(), GeneratedSet::drawnQuestion);
  }

  /** Returns zero-shot sets of kinds of text that no training domain has: labels of a museum, trains and sums. */
  static List<GeneratedSet> otherKinds() {
    return List.of(
        of("museum", Museum.rows(MUSEUM_LABELS)),
        of("timetable", Timetable.rows(TIMETABLE_TOWNS, TIMETABLE_DEPARTURES)),
        of("arithmetic", Arithmetic.rows(ARITHMETIC_NUMBERS)));
  }

  private static GeneratedSet of(String name, List<Map<String, String>> rows) {
    var entries = new PhraseSheet(name).entries(rows, List.of("query"), 3);
    var pool = Pool.of(name, entries, ZERO_SHOT_QUERIES);
    return of(name, pool.passages(), pool.heldOut(), GeneratedSet::drawnQuestion);
  }

  /** Returns a zero-shot set of another kind of query: two or three key words, over several domains at once. */
  static GeneratedSet keywords(Pool... pools) {
    var passages =
        Arrays.stream(pools).flatMap(pool -> pool.passages().stream()).toList();
    var asked = Arrays.stream(pools)
        .flatMap(pool -> pool.heldOut().stream().limit(KEYWORD_QUERIES_PER_DOMAIN))
        .toList();
    return of("keywords", passages, asked, (id, entry) -> entry.entity() + " " + entry.aspect());
  }

  private static GeneratedSet of(
      String name,
      List<Pool.Passage> passages,
      List<Pool.Passage> asked,
      BiFunction<String, Entry, String> question) {
    var queries = new ArrayList<Query>();
    var relevant = new TreeMap<String, String>();
    for (var passage : asked) {
      var id = name + "-q" + queries.size();
      queries.add(new Query(id, question.apply(id, passage.entry())));
      relevant.put(id, passage.id());
    }
    var corpus = passages.stream()
        .map(p -> new Document(p.id(), p.entry().title(), p.entry().text()))
        .toList();
    return new GeneratedSet(name, corpus, queries, relevant);
  }

  private static String drawnQuestion(String id, Entry entry) {
    return new Dice(id).pick(entry.queries());
  }
}
