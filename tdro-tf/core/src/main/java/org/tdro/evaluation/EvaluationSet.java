package org.tdro.evaluation;

import java.nio.file.Path;
import java.util.List;
import org.tdro.search.Corpus;
import org.tdro.search.Query;

/**
 * A test of rankings: queries, the documents to rank for each of them, and judgements of which documents are relevant.
 *
 * @param name tells the set from others; a dense retriever uses the prompts of the task of this name
 * @param files what the set was read from: as long as their contents stay the same, so do the results
 * @param queries the queries that have judgements
 */
public record EvaluationSet(
    String name, List<Path> files, List<Query> queries, Corpus corpus, Qrels qrels) {
  public EvaluationSet {
    files = List.copyOf(files);
    queries = List.copyOf(queries);
  }

  /** Returns the number of queries and documents; the documents are read for it. */
  public long texts() {
    try (var documents = corpus.documents()) {
      return queries.size() + documents.count();
    }
  }
}
