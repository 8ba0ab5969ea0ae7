package org.tdro.search;

/**
 * Vectors of texts.
 *
 * @param values {@code rows · dimension} numbers, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // a matrix to compute with, never compared
public record Embeddings(int rows, int dimension, float[] values) {
  public Embeddings {
    if (values.length != (long) rows * dimension) {
      throw new IllegalArgumentException(
          values.length + " values are not " + rows + " rows of " + dimension);
    }
  }

  /** One vector. */
  public float[] row(int row) {
    return java.util.Arrays.copyOfRange(values, row * dimension, (row + 1) * dimension);
  }
}
