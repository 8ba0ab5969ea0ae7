package org.tdro.search;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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

  /**
   * Returns the length of each vector.
   *
   * @param name the name of a row, for the message
   * @throws IllegalArgumentException if a coordinate is not finite
   */
  double[] norms(IntFunction<String> name) {
    return IntStream.range(0, rows)
        .parallel()
        .mapToDouble(row -> norm(row, name))
        .toArray();
  }

  /** In four sums, each of which would wait for its last addition. */
  private double norm(int row, IntFunction<String> name) {
    int from = row * dimension;
    int to = from + dimension;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (; i < to; i++) {
      a += (double) values[i] * values[i];
    }
    double squares = a + b + c + d;
    if (!Double.isFinite(squares)) {
      int at = IntStream.range(from, to)
          .filter(j -> !Float.isFinite(values[j]))
          .findFirst()
          .orElse(from);
      throw new IllegalArgumentException(
          "the vector of " + name.apply(row) + " holds " + values[at] + " at " + (at - from));
    }
    return Math.sqrt(squares);
  }

  /** Returns the inner product of a vector and one of {@code others}, summed in double precision in the order of the coordinates. */
  public double product(int row, Embeddings others, int other) {
    int a = row * dimension;
    int b = other * dimension;
    double sum = 0;
    for (int d = 0; d < dimension; d++) {
      sum += (double) values[a + d] * others.values[b + d];
    }
    return sum;
  }

  /** Returns the first vectors. */
  public Embeddings first(int number) {
    return number == rows
        ? this
        : new Embeddings(number, dimension, Arrays.copyOf(values, number * dimension));
  }

  /** Returns a copy of one vector. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * dimension, (row + 1) * dimension);
  }
}
