package org.tdro.retriever.ranking;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.search.Corpus;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/**
 * Ranks the first documents of earlier rankings again, by the inner products of embeddings. Only these documents are encoded.
 *
 * @param source embeds the documents that it is asked for; others that it has are passed over
 * @param first the earlier rankings
 * @param depth how many documents of each are ranked again
 */
public record Reranker(EmbeddingSource source, Run first, int depth) implements Ranker {
  private static final Logger LOG = LoggerFactory.getLogger(Reranker.class);

  /**
   * Returns the new ranking of each query, empty for those that {@code first} does not have.
   *
   * @throws InputException if none of the queries has earlier results, or the corpus lacks a document of theirs
   */
  @Override
  public Run rank(List<Query> queries, Corpus corpus, int topK) {
    var rows = new HashMap<String, List<Integer>>();
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (int row = 0; row < queries.size(); row++) {
      var query = queries.get(row).id();
      rankings.put(query, new ArrayList<>());
      for (var document :
          first.of(query).subList(0, Math.min(depth, first.of(query).size()))) {
        rows.computeIfAbsent(document.id(), id -> new ArrayList<>()).add(row);
      }
    }
    if (rows.isEmpty()) {
      throw new InputException("none of the queries has results to rank again");
    }
    long without =
        rankings.keySet().stream().filter(query -> first.of(query).isEmpty()).count();
    if (without > 0) {
      LOG.warn(
          "{} of {} queries have no results to rank again, and find nothing",
          without,
          queries.size());
    }
    var embeddings = source.queries(queries);
    try (var blocks = source.documents(
        () -> corpus.documents().filter(document -> rows.containsKey(document.id())))) {
      blocks.forEach(block -> {
        for (int i = 0; i < block.ids().size(); i++) {
          var id = block.ids().get(i);
          for (int row : rows.getOrDefault(id, List.of())) {
            double score = embeddings.product(row, block.embeddings(), i);
            rankings.get(queries.get(row).id()).add(new ScoredDocument(id, (float) score));
          }
          rows.remove(id);
        }
      });
    }
    var problems = new Problems();
    rows.keySet().stream()
        .sorted()
        .forEach(id -> problems.add("document '" + id + "' is to be ranked again, but not there"));
    problems.throwIfAny();
    rankings.replaceAll((query, documents) ->
        documents.stream().sorted(ScoredDocument.RANKING).limit(topK).toList());
    return Run.of(rankings);
  }
}
