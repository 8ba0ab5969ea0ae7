package org.tdro.search;

import java.util.Arrays;
import java.util.OptionalInt;

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

  /** Returns the first row with a component that is not a finite number; empty if there is none. */
  public OptionalInt firstNotFinite() {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return OptionalInt.of(i / dimension);
      }
    }
    return OptionalInt.empty();
  }

  /** Returns a copy of one vector. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * dimension, (row + 1) * dimension);
  }
}
