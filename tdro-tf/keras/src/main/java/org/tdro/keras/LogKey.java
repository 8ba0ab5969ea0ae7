package org.tdro.keras;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Name and type of a value that training reports. Whoever logs a value owns the constant; readers use it instead of the name.
 *
 * @param name in {@link Logs}, and the column in files
 * @param type of the value in {@link Logs}: {@code Double} or {@code float[]}
 * @param summed whether a step has the sum over its micro-batches
 * @param counts key of the numbers of rows, where the value is a vector of means over rows
 */
public record LogKey<T>(
    String name, Class<T> type, boolean summed, Optional<LogKey<float[]>> counts) {

  /** Returns the key of a number; a step has the mean over its micro-batches. */
  public static LogKey<Double> scalar(String name) {
    return new LogKey<>(name, Double.class, false, Optional.empty());
  }

  /**
   * Returns the key of several numbers, such as one weight for each domain; those of a matrix are in row-major order. A step has those of
   * its last micro-batch.
   */
  public static LogKey<float[]> vector(String name) {
    return new LogKey<>(name, float[].class, false, Optional.empty());
  }

  /** Returns the key of the numbers of rows in the parts of a batch; a step has their sum over its micro-batches. */
  public static LogKey<float[]> counts(String name) {
    return new LogKey<>(name, float[].class, true, Optional.empty());
  }

  /**
   * Returns the key of means over the rows in the parts of a batch; a step has the means over all its rows. That of a part without rows is
   * NaN in {@link Logs}, whatever the step computes.
   *
   * @param counts key of the numbers of rows, which the step must log, too
   */
  public static LogKey<float[]> means(String name, LogKey<float[]> counts) {
    return new LogKey<>(name, float[].class, false, Optional.of(counts));
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
