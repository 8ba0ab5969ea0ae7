package org.tdro.retriever.ranking;

import java.util.List;
import org.tdro.retriever.TextEncoder;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.retriever.embeddings.EncodedTexts;
import org.tdro.search.Corpus;
import org.tdro.search.ExactSearch;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;

/** Ranks documents by the inner products of embeddings, exactly and block by block. */
public record DenseRanker(EmbeddingSource embeddings) implements Ranker {
  /**
   * Creates a ranker that encodes all texts.
   *
   * @param task whose prompts are put around them
   */
  public DenseRanker(TextEncoder encoder, String task) {
    this(new EncodedTexts(encoder, task));
  }

  @Override
  public Run rank(List<Query> queries, Corpus corpus, int topK) {
    var asked = embeddings.queries(queries);
    try (var scorer = new ProductScorer(asked);
        var blocks = embeddings.documents(corpus)) {
      var search = new ExactSearch(asked, topK, scorer);
      blocks.forEach(block -> search.add(block.ids(), block.embeddings()));
      return search.run(queries.stream().map(Query::id).toList());
    }
  }
}
