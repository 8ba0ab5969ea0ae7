package org.tdro.search;

import java.util.Arrays;

/**
 * Vectors of texts, one row for each.
 *
 * @param values {@code [rows, dimension]}, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // a matrix to compute with, never compared
public record Embeddings(int rows, int dimension, float[] values) {
  public Embeddings {
    if (values.length != (long) rows * dimension) {
      throw new IllegalArgumentException(
          values.length + " values are not " + rows + " rows of " + dimension);
    }
  }

  /** Returns a copy of one vector. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * dimension, (row + 1) * dimension);
  }
}
