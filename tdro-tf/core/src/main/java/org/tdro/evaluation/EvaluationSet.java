package org.tdro.evaluation;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.Sha256;
import org.tdro.search.Corpus;
import org.tdro.search.Query;

/**
 * A test of rankings: queries, the documents to rank for each of them, and judgements of which documents are relevant.
 *
 * @param name tells the set from others; a dense retriever uses the prompts of the task of this name
 * @param content what tells whether two results are of the same test
 * @param queries the queries that have judgements
 */
public record EvaluationSet(
    String name, Content content, List<Query> queries, Corpus corpus, Qrels qrels) {
  public EvaluationSet {
    queries = List.copyOf(queries);
  }

  /**
   * The content of a set as hashes, by which results of different tests are told apart. Files that differ in compression, in the
   * order of queries or judgements, or in queries without judgements have the same content.
   *
   * @param split the judgements' name, such as {@code test}
   * @param queries hash of ids and texts of the judged queries
   * @param documents hash of the corpus, in its order
   * @param judgements hash of the judgements
   */
  public record Content(String split, String queries, String documents, String judgements) {
    /**
     * Hashes queries and judgements.
     *
     * @param documents hash of the corpus
     */
    static Content of(String split, List<Query> queries, String documents, Qrels qrels) {
      var texts = queries.stream()
          .sorted(Comparator.comparing(Query::id))
          .flatMap(query -> Stream.of(query.id(), query.text()));
      return new Content(split, Sha256.of(texts), documents, qrels.fingerprint());
    }
  }

  /** Returns the number of queries and documents; the documents are read for it. */
  public long texts() {
    try (var documents = corpus.documents()) {
      return queries.size() + documents.count();
    }
  }
}
