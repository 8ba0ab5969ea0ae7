package org.tdro.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.retriever.TextEncoder;
import org.tdro.search.ExactSearch;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.text.TextKind;

/**
 * Ranks the documents of evaluation sets with a retriever, by exact search. Documents are read, encoded and searched
 * block by block, so memory does not grow with the corpus. As in BEIR, a document with the id of the query is taken for
 * the query itself and left out, unless it is judged for that query.
 *
 * @param topK documents kept for each query
 * @param blockSize documents encoded at a time
 */
public record RetrievalEvaluation(int topK, int blockSize) {
  private static final int DEFAULT_BLOCK = 8192;

  public RetrievalEvaluation {
    if (topK < 1 || blockSize < 1) {
      throw new IllegalArgumentException(
          "topK and the block size must be at least 1, were %d and %d".formatted(topK, blockSize));
    }
  }

  /** Keeps so many documents for each query. */
  public static RetrievalEvaluation topK(int topK) {
    return new RetrievalEvaluation(topK, DEFAULT_BLOCK);
  }

  /** The ranking of every judged query of a set; prompts are those of the task that has the set's name. */
  public Run search(TextEncoder retriever, BeirDataset dataset) {
    var queries = dataset.queries();
    var vectors = encode(
        retriever,
        TextKind.QUERY,
        dataset.name(),
        queries.stream().map(BeirQuery::text).toList());
    // One more than asked for, in case the query itself is among them.
    var search = new ExactSearch(vectors, retriever.dimension(), topK + 1);
    try (var corpus = dataset.corpus()) {
      var documents = corpus.iterator();
      while (documents.hasNext()) {
        var ids = new ArrayList<String>();
        var texts = new ArrayList<String>();
        while (documents.hasNext() && ids.size() < blockSize) {
          var document = documents.next();
          ids.add(document.id());
          texts.add(document.content());
        }
        search.add(ids, encode(retriever, TextKind.PASSAGE, dataset.name(), texts));
      }
    }
    return ranking(queries, search, dataset.qrels());
  }

  private Run ranking(List<BeirQuery> queries, ExactSearch search, Qrels qrels) {
    Map<String, List<ScoredDocument>> results = new LinkedHashMap<>();
    for (int i = 0; i < queries.size(); i++) {
      var id = queries.get(i).id();
      results.put(
          id,
          search.hits(i).stream()
              .filter(hit -> !hit.id().equals(id) || qrels.of(id).containsKey(id))
              .limit(topK)
              .map(hit -> new ScoredDocument(hit.id(), hit.score()))
              .toList());
    }
    return Run.of(results);
  }

  private static float[] encode(
      TextEncoder retriever, TextKind kind, String task, List<String> texts) {
    return retriever.encode(kind, task, texts).values();
  }
}
