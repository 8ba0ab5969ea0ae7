package org.tdro.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Exhaustive search by inner product: the queries stay, the corpus passes by in blocks and need not fit into memory.
 *
 * <pre>{@code
 * var search = new ExactSearch(queries, dimension, 100);
 * for (each block) search.add(ids, vectors);
 * var best = search.hits(0);
 * }</pre>
 *
 * <p>All processors are used. The result does not depend on their number nor on the blocks. Not for use by several threads.
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
   * @param queries {@code [queries, dimension]}, row-major; it is copied
   * @param k how many documents are kept for each query
   * @throws IllegalArgumentException if k or the dimension is not positive, the length is no multiple of the dimension or a
   *     coordinate is not finite
   */
  public ExactSearch(float[] queries, int dimension, int k) {
    if (dimension < 1 || k < 1) {
      throw new IllegalArgumentException(
          "dimension and k must be positive, were " + dimension + " and " + k);
    }
    this.dimension = dimension;
    int count = rows(queries, dimension);
    checkFinite(queries, dimension, row -> "query row " + row);
    this.queries = IntStream.range(0, count)
        .mapToObj(
            row -> padded(Arrays.copyOfRange(queries, row * dimension, (row + 1) * dimension)))
        .toArray(float[][]::new);
    this.best = Stream.generate(() -> new TopK(k, ids)).limit(count).toList();
  }

  private static float[] padded(float[] vector) {
    return Arrays.copyOf(vector, DocumentTile.paddedDimension(vector.length));
  }

  /**
   * Searches the next documents of the corpus. Some thousand a call keep all processors busy.
   *
   * @param documents their ids, which order documents of equal score
   * @param vectors {@code [documents, dimension]}, row-major
   * @throws IllegalArgumentException if the sizes do not fit, a coordinate is not finite, or a score overflows to NaN
   */
  public void add(List<String> documents, float[] vectors) {
    if (rows(vectors, dimension) != documents.size()) {
      throw new IllegalArgumentException(documents.size() + " ids for " + vectors.length / dimension
          + " vectors of dimension " + dimension);
    }
    int firstRow = ids.size();
    checkFinite(
        vectors,
        dimension,
        row -> "document '" + documents.get(row) + "' (row " + (firstRow + row) + ")");
    ids.addAll(documents);
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
      // Negated, so that NaN gets in and is found.
      if (!(scores[document] < threshold)) {
        int row = tile.firstRow() + document;
        float score = scores[document] + 0f; // -0 becomes 0: they are equal in a run file
        if (Float.isNaN(score)) {
          throw new IllegalArgumentException("the score of query row " + query + " and document '"
              + ids.get(row) + "' is NaN: the vectors are too long");
        }
        top.offer(row, score);
        threshold = top.threshold();
      }
    }
  }

  private static int rows(float[] vectors, int dimension) {
    if (vectors.length % dimension != 0) {
      throw new IllegalArgumentException(
          vectors.length + " numbers are no whole vectors of dimension " + dimension);
    }
    return vectors.length / dimension;
  }

  private static void checkFinite(float[] vectors, int dimension, IntFunction<String> name) {
    for (int i = 0; i < vectors.length; i++) {
      if (!Float.isFinite(vectors[i])) {
        throw new IllegalArgumentException("the vector of " + name.apply(i / dimension) + " holds "
            + vectors[i] + " at " + i % dimension);
      }
    }
  }

  /** The number of queries. */
  public int queries() {
    return queries.length;
  }

  /** The number of documents added so far. */
  public int documents() {
    return ids.size();
  }

  /** The best documents so far for a query (from 0), best first ({@link Hit#RANKING}); fewer than k if the corpus is smaller. */
  public List<Hit> hits(int query) {
    return best.get(query).sorted();
  }
}
