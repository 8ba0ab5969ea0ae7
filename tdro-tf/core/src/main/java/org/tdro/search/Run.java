package org.tdro.search;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;

/**
 * Rankings of documents for queries, best first ({@link ScoredDocument#RANKING}); queries are in ascending order of bytes.
 */
public final class Run {
  private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\f\\x0B]+");

  private final Map<String, List<ScoredDocument>> rankings;

  private Run(Map<String, List<ScoredDocument>> rankings) {
    this.rankings = rankings;
  }

  /**
   * Returns the run of some rankings, which are copied and sorted.
   *
   * @param results documents by query, in any order
   * @throws InputException if a query has a document twice
   */
  public static Run of(Map<String, ? extends Collection<ScoredDocument>> results) {
    var rankings = new TreeMap<String, List<ScoredDocument>>(IdOrder.ASCENDING);
    var problems = new Problems();
    results.forEach((query, documents) -> {
      var seen = new HashSet<String>();
      for (var document : documents) {
        if (!seen.add(document.id())) {
          problems.add("query '" + query + "' has document '" + document.id() + "' twice");
        }
      }
      rankings.put(query, documents.stream().sorted(ScoredDocument.RANKING).toList());
    });
    problems.throwIfAny();
    return new Run(Collections.unmodifiableMap(rankings));
  }

  /**
   * Reads a TREC run file ({@code query Q0 document rank score tag}), plain or {@code .gz}. As in trec_eval the rank, the
   * order of the lines and fields after the tag are ignored.
   *
   * @throws InputException listing malformed lines and documents that a query has twice, or if there are no results
   */
  public static Run read(Path file) {
    var results = new HashMap<String, Map<String, ScoredDocument>>();
    var problems = new Problems();
    try (var lines = TextLines.open(file)) {
      for (var line = lines.next(); line != null; line = lines.next()) {
        var problem = line(line.text(), results);
        if (problem != null) {
          problems.add(line.place() + ": " + problem);
        }
      }
    }
    problems.throwIfAny();
    if (results.isEmpty()) {
      throw new InputException(file + ": has no results");
    }
    var rankings = new HashMap<String, Collection<ScoredDocument>>();
    results.forEach((query, documents) -> rankings.put(query, documents.values()));
    return of(rankings);
  }

  /** Reads a line; returns what is wrong with it, or null. */
  private static String line(String line, Map<String, Map<String, ScoredDocument>> into) {
    var fields = SPACE.split(line.strip(), -1);
    if (fields.length < 6) {
      return "expected 'query Q0 document rank score tag', found " + fields.length + " fields";
    }
    ScoredDocument document;
    try {
      document = new ScoredDocument(fields[2], Double.parseDouble(fields[4]));
    } catch (IllegalArgumentException e) {
      return "score must be a finite number, was '" + fields[4] + "'";
    }
    var earlier = into.computeIfAbsent(fields[0], query -> new HashMap<>())
        .putIfAbsent(document.id(), document);
    return earlier == null
        ? null
        : "query '" + fields[0] + "' has document '" + fields[2] + "' twice";
  }

  /**
   * Writes a TREC run file. Scores read back as the same double, and those that were floats also as the same float, so that
   * trec_eval ranks as this run does with either type.
   *
   * @param tag the name of the run
   * @throws InputException if the tag or an id is empty or has white space, which the format does not allow
   */
  public void write(Path file, String tag) {
    var ids = rankings.values().stream().flatMap(List::stream).map(ScoredDocument::id);
    checkNames(file, Stream.of(Stream.of(tag), queries().stream(), ids).flatMap(names -> names));
    AtomicWrite.file(file, beside -> {
      try (var out = Files.newBufferedWriter(beside)) {
        for (var ranking : rankings.entrySet()) {
          int rank = 1;
          for (var document : ranking.getValue()) {
            out.write(ranking.getKey() + " Q0 " + document.id() + " " + rank++ + " "
                + document.score() + " " + tag + "\n");
          }
        }
      }
    });
  }

  /**
   * Checks that a run file can hold ids, before a long computation whose rankings could not be written.
   *
   * @param file named in the problems
   * @throws InputException if an id is empty or has white space
   */
  public static void checkNames(Path file, Stream<String> ids) {
    var problems = new Problems();
    ids.filter(id -> id.isEmpty() || id.chars().anyMatch(Character::isWhitespace))
        .forEach(id -> problems.add(file + ": a run file cannot hold the name '" + id
            + "': it is empty or has white space"));
    problems.throwIfAny();
  }

  /** Returns the queries with results, in ascending order of their bytes. */
  public Set<String> queries() {
    return rankings.keySet();
  }

  /** Returns the documents of a query, best first; empty for one without results. */
  public List<ScoredDocument> of(String query) {
    return rankings.getOrDefault(query, List.of());
  }
}
