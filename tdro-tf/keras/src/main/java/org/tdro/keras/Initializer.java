package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The initial value of a variable, from a stateless random seed: the same seed gives the same bits. */
@FunctionalInterface
public interface Initializer {

  /**
   * The value for one variable.
   *
   * @param shape shape of the variable
   * @param seed {@code [2]}
   * @return a value of that shape
   */
  Operand<TFloat32> call(Ops tf, Shape shape, Operand<TInt64> seed);

  /** All zero. */
  static Initializer zeros() {
    return constant(0);
  }

  /** All one. */
  static Initializer ones() {
    return constant(1);
  }

  /** All {@code value}. */
  static Initializer constant(float value) {
    return (tf, shape, seed) -> tf.fill(tf.constant(shape.asArray()), tf.constant(value));
  }

  /** The given values, in row-major order. */
  static Initializer values(float... values) {
    return (tf, shape, seed) -> tf.reshape(tf.constant(values), tf.constant(shape.asArray()));
  }

  /** Normal with mean 0, cut off at two standard deviations and drawn again, as BERT's weights are. */
  static Initializer truncatedNormal(float standardDeviation) {
    return (tf, shape, seed) -> tf.math.mul(
        tf.random.statelessTruncatedNormal(tf.constant(shape.asArray()), seed),
        tf.constant(standardDeviation));
  }

  /** Uniform in ±sqrt(6 / (rows + columns)) (Glorot and Bengio 2010). */
  static Initializer glorotUniform() {
    return (tf, shape, seed) -> {
      double limit = Math.sqrt(6.0 / (shape.get(0) + shape.get(-1)));
      return uniform(limit).call(tf, shape, seed);
    };
  }

  /** Uniform in ±{@code limit}. */
  static Initializer uniform(double limit) {
    return (tf, shape, seed) -> {
      var unit = tf.random.statelessRandomUniform(tf.constant(shape.asArray()), seed);
      return tf.math.sub(
          tf.math.mul(unit, tf.constant((float) (2 * limit))), tf.constant((float) limit));
    };
  }
}
