package org.tdro.search.texts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.search.Query;

/**
 * A file of queries, each with an id and a text ({@link org.tdro.rows.records.FileKind}): JSON lines, a table with tabs or commas, Parquet or
 * Arrow; or MS MARCO's queries, an id and a text separated by a tab.
 *
 * @param file texts may be compressed
 */
public record QueryFile(Path file) {
  private static final String WHAT = "queries";

  /**
   * Returns the queries in a file, or those of a folder in BEIR's form.
   *
   * @throws InputException if there are none
   */
  public static QueryFile of(Path fileOrFolder) {
    return new QueryFile(TextFile.find(fileOrFolder, WHAT, List.of("queries.jsonl")));
  }

  /**
   * Reads all queries.
   *
   * @throws InputException listing malformed rows, repeated ids and queries without a text, or if there are no queries
   */
  public List<Query> read() {
    var queries = new ArrayList<Query>();
    var problems = new Problems();
    new TextFile(file, WHAT, RecordTexts.QUERIES).readAll(query -> {
      if (query.text().isBlank()) {
        problems.add(query.place() + ": the query has no text");
      }
      queries.add(new Query(query.id(), query.text()));
    });
    problems.throwIfAny();
    return queries;
  }
}
