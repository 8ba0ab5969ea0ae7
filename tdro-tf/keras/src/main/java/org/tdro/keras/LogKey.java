package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Name and type of a value that training reports. Whoever logs a value owns the constant; readers use it instead of the name.
 *
 * @param name in {@link Logs}, and the column in files
 * @param type of the value in {@link Logs}: {@code Double} or {@code float[]}
 */
public record LogKey<T>(String name, Class<T> type) {

  /** Returns the key of a number. */
  public static LogKey<Double> scalar(String name) {
    return new LogKey<>(name, Double.class);
  }

  /** Returns the key of several numbers, such as one for each domain; those of a matrix are in row-major order. */
  public static LogKey<float[]> vector(String name) {
    return new LogKey<>(name, float[].class);
  }

  boolean isScalar() {
    return type == Double.class;
  }

  /** Throws an IllegalArgumentException if {@code value} is known to be a vector where this is a scalar, or the other way round. */
  void check(Operand<TFloat32> value) {
    int rank = value.shape().numDimensions();
    if (rank >= 0 && isScalar() != (rank == 0)) {
      throw new IllegalArgumentException("the log " + name + " is a "
          + (isScalar() ? "scalar" : "vector") + ", but its value has the shape " + value.shape());
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
