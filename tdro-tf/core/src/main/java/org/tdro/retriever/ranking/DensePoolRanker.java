package org.tdro.retriever.ranking;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.embeddings.EmbeddingCache;
import org.tdro.search.EmbeddingShards;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.mining.PassagePool;
import org.tdro.search.mining.PoolRanker;
import org.tdro.text.TextKind;

/** Ranks a pool by the inner products of embeddings, exactly. Those of the passages are kept in a folder. */
public final class DensePoolRanker implements PoolRanker {
  private final Retriever retriever;
  private final String task;
  private final EmbeddingShards passages;
  private List<String> embedded = List.of();
  private Embeddings queries;

  private DensePoolRanker(Retriever retriever, String task, EmbeddingShards passages) {
    this.retriever = retriever;
    this.task = task;
    this.passages = passages;
  }

  /**
   * Encodes a pool, unless its embeddings are in the cache.
   *
   * @param retriever the caller closes it
   * @param task whose prompts are put around the texts
   */
  public static DensePoolRanker of(
      Retriever retriever, String task, PassagePool pool, EmbeddingCache cache) {
    String content;
    try (var documents = pool.documents()) {
      content = Sha256.of(documents.map(passage -> passage.id() + " " + passage.content()));
    }
    return new DensePoolRanker(
        retriever, task, cache.of(retriever, TextKind.PASSAGE, task, content, pool::documents));
  }

  @Override
  public List<List<Candidate>> rank(List<String> texts, int depth) {
    var asked = embeddings(texts);
    try (var scorer = new ProductScorer(asked)) {
      var search = new ExactSearch(asked, depth, scorer);
      passages.search(search);
      return IntStream.range(0, texts.size())
          .parallel()
          .mapToObj(query -> search.best(query).stream()
              .map(document -> new Candidate(Integer.parseInt(document.id()), document.score()))
              .toList())
          .toList();
    }
  }

  @Override
  public List<double[]> scores(List<String> texts, List<int[]> numbers) {
    var asked = embeddings(texts);
    var scores = new ArrayList<double[]>();
    for (int i = 0; i < texts.size(); i++) {
      int query = i;
      scores.add(IntStream.of(numbers.get(i))
          .mapToDouble(number -> asked.product(query, passages.row(number), 0))
          .toArray());
    }
    return scores;
  }

  /** Returns the embeddings of queries; those that were asked for last are kept. */
  private Embeddings embeddings(List<String> texts) {
    if (!texts.equals(embedded)) {
      queries = retriever.encode(TextKind.QUERY, task, texts);
      embedded = List.copyOf(texts);
    }
    return queries;
  }

  @Override
  public void close() {
    // The files are memory-mapped, and the retriever is the caller's.
  }
}
