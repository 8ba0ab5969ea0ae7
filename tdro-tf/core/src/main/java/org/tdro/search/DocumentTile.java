package org.tdro.search;

/**
 * A block of document vectors, transposed: one array per dimension holds that coordinate of all documents.
 *
 * <p>The innermost loop of the matrix product therefore runs over documents, without a sum across lanes, and the JIT compiles it
 * to vector instructions. Four dimensions per pass are fastest: with fewer, loading and storing the scores takes the time; with
 * eight, the loop stays scalar (measured with JDK 17).
 */
final class DocumentTile {
  /** Documents per tile: long enough to hide the ends of the loop, and four rows of it fit in the L1 cache. */
  static final int WIDTH = 512;

  private static final int DIMENSIONS_PER_PASS = 4;

  private final int first;
  private final int size;
  private final float[][] coordinates;

  /**
   * Copies and transposes some rows.
   *
   * @param vectors {@code [rows, dimension]}, row-major
   * @param first the first of at most {@link #WIDTH} rows of {@code vectors} to take
   */
  DocumentTile(float[] vectors, int dimension, int first) {
    this.first = first;
    this.size = Math.min(WIDTH, vectors.length / dimension - first);
    this.coordinates = new float[paddedDimension(dimension)][size];
    for (int document = 0; document < size; document++) {
      int start = (first + document) * dimension;
      for (int d = 0; d < dimension; d++) {
        coordinates[d][document] = vectors[start + d];
      }
    }
  }

  /** Returns the dimension rounded up to whole passes; the padding is zero. */
  static int paddedDimension(int dimension) {
    return (dimension + DIMENSIONS_PER_PASS - 1) / DIMENSIONS_PER_PASS * DIMENSIONS_PER_PASS;
  }

  int first() {
    return first;
  }

  int size() {
    return size;
  }

  /**
   * Adds the inner products with some queries to {@code scores}.
   *
   * @param queries {@code [queries, padded dimension]}
   * @param from the first query, whose scores go to {@code scores[0]}
   * @param to one after the last query
   * @param scores {@code [to - from][WIDTH]}, zero at first
   */
  void score(float[][] queries, int from, int to, float[][] scores) {
    for (int d = 0; d < coordinates.length; d += DIMENSIONS_PER_PASS) {
      for (int query = from; query < to; query++) {
        var q = queries[query];
        pass(
            scores[query - from],
            coordinates[d],
            coordinates[d + 1],
            coordinates[d + 2],
            coordinates[d + 3],
            q[d],
            q[d + 1],
            q[d + 2],
            q[d + 3],
            size);
      }
    }
  }

  private static void pass(
      float[] sum,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float q0,
      float q1,
      float q2,
      float q3,
      int size) {
    for (int j = 0; j < size; j++) {
      sum[j] += q0 * b0[j] + q1 * b1[j] + q2 * b2[j] + q3 * b3[j];
    }
  }
}
