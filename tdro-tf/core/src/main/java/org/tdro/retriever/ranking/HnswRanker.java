package org.tdro.retriever.ranking;

import java.util.HashSet;
import java.util.List;
import java.util.function.IntConsumer;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.search.Corpus;
import org.tdro.search.ExactSearch;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.search.lucene.Hnsw;
import org.tdro.search.lucene.HnswIndex;

/** Ranks documents by the inner products of embeddings, approximately, with a {@link HnswIndex} in a temporary folder. */
public record HnswRanker(EmbeddingSource source, Hnsw hnsw) implements Ranker {
  /** What an approximate search finds, beside what exact search does. */
  public record Comparison(Run exact, Run found) {
    /** Returns the share of the documents of exact search that were found, the mean over the queries; NaN if there are none. */
    public double recall() {
      return exact.queries().stream()
          .filter(query -> !exact.of(query).isEmpty())
          .mapToDouble(query -> {
            var ids = new HashSet<String>();
            found.of(query).forEach(document -> ids.add(document.id()));
            return exact.of(query).stream()
                .map(ScoredDocument::id)
                .mapToInt(id -> ids.contains(id) ? 1 : 0)
                .average()
                .orElseThrow();
          })
          .average()
          .orElse(Double.NaN);
    }
  }

  @Override
  public Run rank(List<Query> queries, Corpus corpus, int topK) {
    return compare(queries, corpus, topK, indexed -> {}).found();
  }

  /**
   * Ranks approximately and exactly; the texts are encoded once.
   *
   * @param indexed told how many documents come to the graph, before they do; may throw to end the work
   */
  public Comparison compare(List<Query> queries, Corpus corpus, int topK, IntConsumer indexed) {
    var embeddings = source.queries(queries);
    var ids = queries.stream().map(Query::id).toList();
    return TemporaryFolder.with(folder -> {
      var place = folder.resolve("hnsw");
      try (var scorer = new ProductScorer(embeddings);
          var blocks = source.documents(corpus)) {
        var exact = new ExactSearch(embeddings, topK, scorer);
        HnswIndex.write(
            place,
            blocks.peek(block -> {
              indexed.accept(block.ids().size());
              exact.add(block.ids(), block.embeddings());
            }),
            hnsw);
        try (var index = HnswIndex.open(place, hnsw.ef())) {
          return new Comparison(exact.run(ids), index.search(ids, embeddings, topK));
        }
      }
    });
  }
}
