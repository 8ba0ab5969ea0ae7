package org.tdro.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;

/** A file of queries, one JSON object a line: {@code _id}, {@code query_id} or {@code id}, and {@code text} or {@code query}. */
public record QueryFile(Path file) {
  private static final List<String> IDS = List.of("_id", "query_id", "id");
  private static final List<String> TEXTS = List.of("text", "query");

  /**
   * Reads all queries.
   *
   * @throws InputException listing malformed lines and repeated ids, or if there are no queries
   */
  public List<Query> read() {
    var problems = new Problems();
    var queries = new ArrayList<Query>();
    var ids = new HashSet<String>();
    try (var lines = TextLines.open(file)) {
      for (boolean more = true; more; ) {
        try {
          var line = lines.next();
          more = line != null;
          if (more) {
            var row = line.object();
            var query = new Query(string(line, row, IDS), string(line, row, TEXTS));
            if (!ids.add(query.id())) {
              problems.add(line.place() + ": id '" + query.id() + "' was there before");
            }
            queries.add(query);
          }
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      }
    }
    problems.throwIfAny();
    if (queries.isEmpty()) {
      throw new InputException(file + ": holds no queries");
    }
    return queries;
  }

  private static String string(TextLines.Line line, JsonNode row, List<String> keys) {
    for (var key : keys) {
      var value = row.path(key);
      if (value.isTextual() || (keys == IDS && value.isIntegralNumber())) {
        return value.asText();
      }
    }
    throw new InputException(
        "%s: has no %s that is a string".formatted(line.place(), String.join(" or ", keys)));
  }
}
