package org.tdro.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.io.Json;

/**
 * The results of one retriever on several sets: the means, and the values of each query from which significance can be
 * tested without ranking again. Kept as JSON, {@code {"sets": {SET: {MEASURE: MEAN}}, "tests": {SET: {"top_k": K, "content":
 * {…}}}, "queries": {SET: {MEASURE: {QUERY: VALUE}}}}}; the values are exact.
 *
 * @param sets set → measure → mean over the queries, in the order in which the sets were evaluated
 * @param tests set → what was measured there; empty in results of older versions
 * @param queries set → measure → query → value; empty in results of older versions, which kept the means alone
 */
public record ModelEvaluation(
    Map<String, Map<String, Double>> sets,
    @JsonSetter(nulls = Nulls.SET) Map<String, Test> tests,
    @JsonSetter(nulls = Nulls.SET) Map<String, Map<String, Map<String, Double>>> queries) {
  public ModelEvaluation {
    sets = ordered(sets);
    tests = ordered(tests);
    queries = ordered(queries);
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /**
   * What was measured on a set. Values of two retrievers can be compared if this is equal.
   *
   * @param topK documents ranked for each query
   */
  public record Test(@JsonProperty("top_k") int topK, EvaluationSet.Content content) {}

  /** Collects the results on each set. */
  static ModelEvaluation of(Map<String, Test> tests, Map<String, EvaluationResult> results) {
    var sets = new LinkedHashMap<String, Map<String, Double>>();
    var queries = new LinkedHashMap<String, Map<String, Map<String, Double>>>();
    results.forEach((set, result) -> {
      var means = new TreeMap<String, Double>();
      result.all().forEach((measure, value) -> means.put(measure.name(), value));
      sets.put(set, means);
      var byMeasure = new TreeMap<String, Map<String, Double>>();
      result
          .queries()
          .forEach((query, values) -> values.forEach((measure, value) -> byMeasure
              .computeIfAbsent(measure.name(), name -> new LinkedHashMap<>())
              .put(query, value)));
      queries.put(set, byMeasure);
    });
    return new ModelEvaluation(sets, tests, queries);
  }

  /** Returns the value of a measure on a set; NaN if it was not evaluated. */
  public double value(String set, String measure) {
    return sets.getOrDefault(set, Map.of()).getOrDefault(measure, Double.NaN);
  }

  /** Returns query → value of a measure on a set; empty if the values of its queries are not known. */
  public Map<String, Double> queries(String set, String measure) {
    return queries.getOrDefault(set, Map.of()).getOrDefault(measure, Map.of());
  }

  /** Returns what was measured on a set, if it is known. */
  public Optional<Test> test(String set) {
    return Optional.ofNullable(tests.get(set));
  }

  /** Returns a table with a row for each set and a column for each measure. */
  public ResultsTable table(List<String> measures) {
    var rows = sets.keySet().stream()
        .map(set -> new ResultsTable.Row(
            set, measures.stream().map(measure -> value(set, measure)).toList()))
        .toList();
    return new ResultsTable("set", measures, rows);
  }

  /** Returns a table of one measure, with a row for each set and a column for each system. */
  public static ResultsTable table(String measure, Map<String, ModelEvaluation> systems) {
    var sets = new LinkedHashSet<String>();
    systems.values().forEach(system -> sets.addAll(system.sets().keySet()));
    var rows = sets.stream()
        .map(set -> new ResultsTable.Row(
            set,
            systems.values().stream().map(system -> system.value(set, measure)).toList()))
        .toList();
    return new ResultsTable(measure, List.copyOf(systems.keySet()), rows);
  }

  @JsonValue
  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("sets", sets);
    json.put("tests", tests);
    json.put("queries", queriesAsJson());
    return json;
  }

  /** Returns {@link #queries()} for a JSON file, where the values of one measure on one set share a line. */
  public Map<String, Map<String, RawValue>> queriesAsJson() {
    var json = new LinkedHashMap<String, Map<String, RawValue>>();
    queries.forEach((set, measures) -> {
      var lines = new LinkedHashMap<String, RawValue>();
      measures.forEach((measure, values) -> lines.put(measure, new RawValue(Json.line(values))));
      json.put(set, lines);
    });
    return json;
  }
}
