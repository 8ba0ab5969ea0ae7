package org.tdro.search.mining;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tdro.search.Query;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Index;

/** Ranks a pool by the words that queries and passages share. Owns its index. */
public final class Bm25PoolRanker implements PoolRanker {
  private final Bm25Index index;

  private Bm25PoolRanker(Bm25Index index) {
    this.index = index;
  }

  /**
   * Indexes a pool.
   *
   * @param folder of the index, which is replaced
   */
  public static Bm25PoolRanker of(PassagePool pool, Path folder, Bm25 parameters) {
    Bm25Index.write(folder, pool);
    return new Bm25PoolRanker(Bm25Index.open(folder, parameters));
  }

  @Override
  public List<List<Candidate>> rank(List<String> queries, int depth) {
    var numbered = IntStream.range(0, queries.size())
        .mapToObj(i -> new Query(Integer.toString(i), queries.get(i)))
        .toList();
    var run = index.search(numbered, depth);
    return numbered.stream()
        .map(query -> run.of(query.id()).stream()
            .map(document -> new Candidate(Integer.parseInt(document.id()), document.score()))
            .toList())
        .toList();
  }

  @Override
  public List<double[]> scores(List<String> queries, List<int[]> passages) {
    var scores = new ArrayList<double[]>();
    for (int i = 0; i < queries.size(); i++) {
      var ids = IntStream.of(passages.get(i)).mapToObj(Integer::toString).toList();
      scores.add(index.scores(queries.get(i), ids));
    }
    return scores;
  }

  @Override
  public void close() {
    index.close();
  }
}
