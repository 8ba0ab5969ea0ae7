package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A scalar to be minimised, of a model's inputs and outputs. Ready-made ones are in {@link org.tdro.keras.losses}. */
@FunctionalInterface
public interface Loss {

  /**
   * The value for one batch.
   *
   * @param inputs every input of the batch, labels among them
   * @param outputs what {@link Model#call} returned
   * @return a scalar, the mean over the rows of the batch
   */
  Operand<TFloat32> call(Ops tf, Inputs inputs, Operand<TFloat32> outputs);

  /**
   * The labels that it reads, for a model that takes them from its loss; null if it says nothing of them.
   *
   * @param outputs static shape of the outputs
   */
  default InputSpec labels(Shape outputs) {
    return null;
  }

  /**
   * Checks the labels of a batch before it is used.
   *
   * @param outputs static shape of the outputs
   * @throws IllegalArgumentException naming row and value of a label that does not fit
   */
  default void check(Batch batch, Shape outputs) {}

  /** Cross-entropy of softmax(outputs {@code [batch, classes]}) against the integer input {@code labels [batch]}. */
  static Loss sparseCategoricalCrossentropy(String labels) {
    return (tf, inputs, logits) -> {
      var classes = tf.constant((int) logits.shape().get(-1));
      var target = tf.oneHot(inputs.ints(labels), classes, tf.constant(1f), tf.constant(0f));
      return tf.math.mean(
          tf.nn.softmaxCrossEntropyWithLogits(logits, target).loss(), tf.constant(0));
    };
  }

  /** Mean squared error against the float input {@code target}, of the shape of the outputs. */
  static Loss meanSquaredError(String target) {
    return (tf, inputs, outputs) -> {
      var squares = tf.math.squaredDifference(outputs, inputs.floats(target));
      return tf.math.mean(tf.reshape(squares, tf.constant(new int[] {-1})), tf.constant(0));
    };
  }

  /** Share of rows whose largest output {@code [batch, classes]} is the one that {@code labels [batch]} names. */
  static Loss sparseCategoricalAccuracy(String labels) {
    return (tf, inputs, outputs) -> {
      var predicted = tf.math.argMax(outputs, tf.constant(-1), TInt32.class);
      var hits = tf.dtypes.cast(tf.math.equal(predicted, inputs.ints(labels)), TFloat32.class);
      return tf.math.mean(hits, tf.constant(0));
    };
  }
}
