package org.tdro.search;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Scores in single precision by loops in Java, on all processors. */
final class TileScorer implements BlockScorer {
  /** Queries that share a tile while its coordinates are in the cache. */
  private static final int QUERIES_PER_TASK = 32;

  private static final int TASKS_PER_PROCESSOR = 4;

  private final float[][] queries;
  private final int paddedDimension;

  TileScorer(Embeddings queries) {
    this.paddedDimension = DocumentTile.paddedDimension(queries.dimension());
    this.queries = IntStream.range(0, queries.rows())
        .mapToObj(row -> Arrays.copyOf(queries.row(row), paddedDimension))
        .toArray(float[][]::new);
  }

  @Override
  public double relativeError() {
    return BlockScorer.relativeError(paddedDimension, FLOAT);
  }

  @Override
  public void score(Embeddings documents, Sink sink) {
    var tiles = IntStream.range(0, (documents.rows() + DocumentTile.WIDTH - 1) / DocumentTile.WIDTH)
        .parallel()
        .map(tile -> tile * DocumentTile.WIDTH)
        .mapToObj(first -> new DocumentTile(documents.values(), documents.dimension(), first))
        .toList();
    int tasks = Runtime.getRuntime().availableProcessors() * TASKS_PER_PROCESSOR;
    int perTask = Math.max(1, Math.min(QUERIES_PER_TASK, queries.length / tasks));
    IntStream.range(0, (queries.length + perTask - 1) / perTask)
        .parallel()
        .map(task -> task * perTask)
        .forEach(from -> score(tiles, from, Math.min(from + perTask, queries.length), sink));
  }

  private void score(List<DocumentTile> tiles, int from, int to, Sink sink) {
    var scores = new float[to - from][DocumentTile.WIDTH];
    for (var tile : tiles) {
      for (var row : scores) {
        Arrays.fill(row, 0);
      }
      tile.score(queries, from, to, scores);
      for (int query = from; query < to; query++) {
        sink.accept(query, tile.first(), scores[query - from], tile.size());
      }
    }
  }
}
