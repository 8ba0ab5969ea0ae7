package org.tdro.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/**
 * A file of queries, each with an id and a text ({@link org.tdro.rows.records.FileKind}): JSON lines, a table with tabs or commas, Parquet or
 * Arrow; or MS MARCO's queries, an id and a text separated by a tab.
 *
 * @param file texts may be compressed
 */
public record QueryFile(Path file) {
  private static final TextRecords.Columns COLUMNS = new TextRecords.Columns(
      "queries", List.of("_id", "query_id", "qid", "id"), List.of("text", "query", "question"));

  /**
   * Returns the queries in a file, or those of a folder in BEIR's form.
   *
   * @throws InputException if there are none
   */
  public static QueryFile of(Path fileOrFolder) {
    return new QueryFile(CorpusFile.file(fileOrFolder, COLUMNS.what(), List.of("queries.jsonl")));
  }

  /**
   * Reads all queries.
   *
   * @throws InputException listing malformed rows, repeated ids and queries without a text, or if there are no queries
   */
  public List<Query> read() {
    var queries = new ArrayList<Query>();
    var problems = new Problems();
    TextRecords.readAll(file, COLUMNS, query -> {
      if (query.text().isBlank()) {
        problems.add(query.place() + ": the query has no text");
      }
      queries.add(new Query(query.id(), query.text()));
    });
    problems.throwIfAny();
    return queries;
  }
}
