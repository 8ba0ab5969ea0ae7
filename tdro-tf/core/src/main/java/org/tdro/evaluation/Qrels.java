package org.tdro.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.Sha256;
import org.tdro.io.TextLines;
import org.tdro.rows.records.FileKind;
import org.tdro.rows.records.Records;
import org.tdro.search.Corpus;
import org.tdro.search.IdOrder;
import org.tdro.search.Run;

/**
 * Judgements: query → document → relevance. Relevance is graded: 0 means judged and not relevant, a negative value not
 * judged, like an absent document. Queries are in ascending order of their bytes.
 */
public final class Qrels implements Judgements {
  private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\f\\x0B]+");
  private static final Pattern TAB = Pattern.compile("\\t");
  private static final String BEIR_HEADER = "query-id";

  private final Map<String, Map<String, Integer>> judgements;

  private Qrels(Map<String, Map<String, Integer>> judgements) {
    this.judgements = judgements;
  }

  /** Returns the judgements of a map, query to document to relevance; it is copied. */
  public static Qrels of(Map<String, Map<String, Integer>> judgements) {
    var copy = new TreeMap<String, Map<String, Integer>>(IdOrder.ASCENDING);
    judgements.forEach((query, documents) ->
        copy.put(query, Collections.unmodifiableMap(new LinkedHashMap<>(documents))));
    return new Qrels(Collections.unmodifiableMap(copy));
  }

  /**
   * Reads TREC judgements ({@code query 0 document relevance}, separated by white space), BEIR's, told by their header
   * ({@code query-id corpus-id score}, separated by tabs), or JSON objects with the same three keys, all of them plain or {@code .gz};
   * or a Parquet or Arrow file with these columns.
   *
   * @throws InputException with all malformed lines (the first 20 worded), for a document judged twice for a
   *     query, or if there is no judgement at all
   */
  public static Qrels read(Path file) {
    return read(List.of(file));
  }

  /** Reads judgements as {@link #read(Path)} does from files that are parts of one. */
  public static Qrels read(List<Path> parts) {
    var judgements = new HashMap<String, Map<String, Integer>>();
    var problems = new Problems();
    for (var part : parts) {
      if (FileKind.of(part).filter(kind -> !kind.isText()).isPresent()) {
        readRows(part, judgements, problems);
      } else {
        readLines(part, judgements, problems);
      }
    }
    problems.throwIfAny();
    if (judgements.isEmpty()) {
      throw new InputException(parts.get(0) + ": has no judgements");
    }
    return of(judgements);
  }

  private static void readRows(
      Path file, Map<String, Map<String, Integer>> into, Problems problems) {
    try (var rows = Records.open(file)) {
      for (var row = rows.next(); row != null; row = rows.next()) {
        var problem = judge(row.value(), into);
        if (problem != null) {
          problems.add(row.place() + ": " + problem);
        }
      }
    }
  }

  private static void readLines(
      Path file, Map<String, Map<String, Integer>> judgements, Problems problems) {
    try (var lines = TextLines.open(file)) {
      var line = lines.next();
      boolean json = line != null && line.text().startsWith("{");
      boolean beir = line != null && BEIR_HEADER.equals(SPACE.split(line.text(), 2)[0]);
      if (beir) {
        line = lines.next();
      }
      for (; line != null; line = lines.next()) {
        var problem = json
            ? jsonLine(line, judgements)
            : beir ? beirLine(line.text(), judgements) : trecLine(line.text(), judgements);
        if (problem != null) {
          problems.add(line.place() + ": " + problem);
        }
      }
    }
  }

  private static String trecLine(String line, Map<String, Map<String, Integer>> into) {
    var fields = SPACE.split(line.strip(), -1);
    return fields.length == 4
        ? judge(into, fields[0], fields[2], fields[3])
        : "expected 'query 0 document relevance' (or BEIR's header in line 1), found "
            + fields.length + " fields";
  }

  private static String beirLine(String line, Map<String, Map<String, Integer>> into) {
    var fields = TAB.split(line.stripTrailing(), -1);
    return fields.length == 3
        ? judge(into, fields[0], fields[1], fields[2])
        : "expected 'query-id corpus-id score' separated by tabs, found " + fields.length
            + " fields";
  }

  private static String jsonLine(TextLines.Line line, Map<String, Map<String, Integer>> into) {
    JsonNode object;
    try {
      object = line.object();
    } catch (InputException e) {
      return e.getMessage().replaceFirst("^" + Pattern.quote(line.place() + ": "), "");
    }
    return judge(object, into);
  }

  private static String judge(JsonNode object, Map<String, Map<String, Integer>> into) {
    for (var key : List.of(BEIR_HEADER, "corpus-id", "score")) {
      if (!object.path(key).isValueNode() || object.path(key).isNull()) {
        return "needs '" + key + "', a string or a number";
      }
    }
    var score = object.get("score");
    return judge(
        into,
        object.get(BEIR_HEADER).asText(),
        object.get("corpus-id").asText(),
        score.isNumber() && score.asDouble() == score.asInt()
            ? "" + score.asInt()
            : score.asText());
  }

  /** Adds a judgement; returns what is wrong with it, or null. */
  private static String judge(
      Map<String, Map<String, Integer>> into, String query, String document, String grade) {
    int relevance;
    try {
      relevance = Integer.parseInt(grade.strip());
    } catch (NumberFormatException e) {
      return "relevance must be an integer, was '" + grade + "'";
    }
    var earlier =
        into.computeIfAbsent(query, q -> new LinkedHashMap<>()).putIfAbsent(document, relevance);
    return earlier == null
        ? null
        : "document '" + document + "' is judged twice for query '" + query + "'";
  }

  /** Returns a hash of the judgements, whatever the order of their documents. */
  @Override
  public String fingerprint() {
    return Sha256.of(judgements.entrySet().stream()
        .flatMap(query -> new TreeMap<>(query.getValue())
            .entrySet().stream()
                .flatMap(document -> Stream.of(
                    query.getKey(), document.getKey(), document.getValue().toString()))));
  }

  /** Returns these judgements, whatever was found. */
  @Override
  public Qrels of(Run run, Corpus corpus) {
    return this;
  }

  @Override
  public boolean areComplete() {
    return true;
  }

  @Override
  public Set<String> relevant() {
    return judgements.values().stream()
        .flatMap(documents -> documents.entrySet().stream())
        .filter(document -> document.getValue() > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public Judgements only(Predicate<String> queries) {
    var part = new LinkedHashMap<>(judgements);
    part.keySet().removeIf(queries.negate());
    return of(part);
  }

  /** Returns the judged queries, in ascending order of their bytes. */
  @Override
  public Set<String> queries() {
    return judgements.keySet();
  }

  /** Returns document → relevance for a query; empty for one without judgements. */
  public Map<String, Integer> of(String query) {
    return judgements.getOrDefault(query, Map.of());
  }
}
