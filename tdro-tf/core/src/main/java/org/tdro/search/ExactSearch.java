package org.tdro.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Exhaustive search by inner product. The queries stay in memory; the corpus is added in blocks and may be larger than memory.
 *
 * <pre>{@code
 * var search = new ExactSearch(queries, 100);
 * for (each block) search.add(ids, embeddings);
 * var run = search.run(queryIds);
 * }</pre>
 *
 * <p>All processors are used. The result depends neither on their number nor on the blocks. Not thread-safe.
 */
public final class ExactSearch {
  /** Queries that share a tile while its coordinates are in the cache. */
  private static final int QUERIES_PER_TASK = 32;

  private static final int TASKS_PER_PROCESSOR = 4;

  private final int dimension;
  private final float[][] queries;
  private final List<TopK> best;
  private final List<String> ids = new ArrayList<>();

  /**
   * Creates a search without documents.
   *
   * @param queries one vector for each query; they are copied
   * @param k number of documents kept for each query
   * @throws IllegalArgumentException if k or the dimension is below 1, or a coordinate is not finite
   */
  public ExactSearch(Embeddings queries, int k) {
    if (queries.dimension() < 1 || k < 1) {
      throw new IllegalArgumentException(
          "dimension and k must be at least 1, were " + queries.dimension() + " and " + k);
    }
    checkFinite(queries, row -> "query row " + row);
    this.dimension = queries.dimension();
    this.queries = IntStream.range(0, queries.rows())
        .mapToObj(row -> Arrays.copyOf(queries.row(row), DocumentTile.paddedDimension(dimension)))
        .toArray(float[][]::new);
    this.best = Stream.generate(() -> new TopK(k, ids)).limit(queries.rows()).toList();
  }

  /**
   * Searches the next documents of the corpus; a few thousand per call keep all processors busy.
   *
   * @param documents their ids, by which documents of equal score are ordered
   * @param embeddings one vector for each document
   * @throws IllegalArgumentException if the sizes do not fit, a coordinate is not finite, or a score overflows
   */
  public void add(List<String> documents, Embeddings embeddings) {
    if (embeddings.rows() != documents.size() || embeddings.dimension() != dimension) {
      throw new IllegalArgumentException(
          "%d ids and queries of dimension %d for %d vectors of dimension %d"
              .formatted(documents.size(), dimension, embeddings.rows(), embeddings.dimension()));
    }
    int firstRow = ids.size();
    checkFinite(
        embeddings, row -> "document '" + documents.get(row) + "' (row " + (firstRow + row) + ")");
    ids.addAll(documents);
    var vectors = embeddings.values();
    var tiles = IntStream.range(0, (documents.size() + DocumentTile.WIDTH - 1) / DocumentTile.WIDTH)
        .parallel()
        .map(tile -> tile * DocumentTile.WIDTH)
        .mapToObj(first -> new DocumentTile(vectors, dimension, first, firstRow + first))
        .toList();
    int tasks = Runtime.getRuntime().availableProcessors() * TASKS_PER_PROCESSOR;
    int perTask = Math.max(1, Math.min(QUERIES_PER_TASK, queries.length / tasks));
    IntStream.range(0, (queries.length + perTask - 1) / perTask)
        .parallel()
        .map(task -> task * perTask)
        .forEach(from -> search(tiles, from, Math.min(from + perTask, queries.length)));
  }

  private void search(List<DocumentTile> tiles, int from, int to) {
    var scores = new float[to - from][DocumentTile.WIDTH];
    for (var tile : tiles) {
      for (var row : scores) {
        Arrays.fill(row, 0);
      }
      tile.score(queries, from, to, scores);
      for (int query = from; query < to; query++) {
        collect(tile, scores[query - from], query);
      }
    }
  }

  private void collect(DocumentTile tile, float[] scores, int query) {
    var top = best.get(query);
    float threshold = top.threshold();
    for (int document = 0; document < tile.size(); document++) {
      // Negated, so that NaN is not skipped.
      if (!(scores[document] < threshold)) {
        int row = tile.firstRow() + document;
        float score = scores[document] + 0f; // -0 becomes 0: they are equal in a run file
        if (!Float.isFinite(score)) {
          throw new IllegalArgumentException("the score of query row " + query + " and document '"
              + ids.get(row) + "' is " + score + ": the vectors are too long");
        }
        top.offer(row, score);
        threshold = top.threshold();
      }
    }
  }

  private static void checkFinite(Embeddings embeddings, IntFunction<String> name) {
    var values = embeddings.values();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException("the vector of " + name.apply(i / embeddings.dimension())
            + " holds " + values[i] + " at " + i % embeddings.dimension());
      }
    }
  }

  /** Returns the number of queries. */
  public int queries() {
    return queries.length;
  }

  /** Returns the number of documents added so far. */
  public int documents() {
    return ids.size();
  }

  /** Returns the best documents so far for a query (from 0), best first; fewer than k if the corpus is smaller. */
  public List<ScoredDocument> best(int query) {
    return best.get(query).sorted();
  }

  /**
   * Returns the best documents so far for all queries.
   *
   * @param queryIds an id for each query
   * @throws org.tdro.io.InputException if a document was added twice
   */
  public Run run(List<String> queryIds) {
    if (queryIds.size() != queries.length) {
      throw new IllegalArgumentException(
          queryIds.size() + " ids for " + queries.length + " queries");
    }
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (int query = 0; query < queries.length; query++) {
      rankings.put(queryIds.get(query), best(query));
    }
    return Run.of(rankings);
  }
}
