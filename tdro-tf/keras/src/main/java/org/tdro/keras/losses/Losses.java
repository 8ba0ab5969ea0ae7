package org.tdro.keras.losses;

import static org.tensorflow.framework.losses.Losses.CHANNELS_LAST;

import org.tdro.keras.Inputs;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Keras' losses, most of them tensorflow-framework's. Labels that are numbers are float and have the shape of the outputs; one
 * number a row is also taken for outputs {@code [batch, 1]}.
 */
public final class Losses {
  private Losses() {}

  /** Labels {@code [batch] int} are classes, outputs {@code [batch, classes]} probabilities. */
  public static Crossentropy sparseCategoricalCrossentropy() {
    return new Crossentropy(Crossentropy.Labels.INDEX);
  }

  /** Labels {@code [batch, classes]} are distributions, outputs {@code [batch, classes]} probabilities. */
  public static Crossentropy categoricalCrossentropy() {
    return new Crossentropy(Crossentropy.Labels.DISTRIBUTION);
  }

  /** Labels are 0 or 1 for each output, outputs the probabilities of 1. */
  public static Crossentropy binaryCrossentropy() {
    return new Crossentropy(Crossentropy.Labels.BINARY);
  }

  /** The mean of (label − output)². */
  public static RowLoss meanSquaredError() {
    return of(org.tensorflow.framework.losses.Losses::meanSquaredError);
  }

  /** The mean of |label − output|. */
  public static RowLoss meanAbsoluteError() {
    return of(org.tensorflow.framework.losses.Losses::meanAbsoluteError);
  }

  /** The mean of ½·e² where |e| ≤ δ, else δ·|e| − ½·δ², with e = label − output (Huber 1964). */
  public static RowLoss huber(float delta) {
    return of((tf, labels, outputs) ->
        org.tensorflow.framework.losses.Losses.huber(tf, labels, outputs, delta));
  }

  /** The mean of log cosh(output − label). */
  public static RowLoss logCosh() {
    return of(org.tensorflow.framework.losses.Losses::logCosh);
  }

  /** Minus the cosine of the angle between label and output, over the last axis. */
  public static RowLoss cosineSimilarity() {
    // The framework's function is the cosine itself; Keras' loss is its negative, which has to
    // become small.
    return of((tf, labels, outputs) ->
        tf.math.neg(org.tensorflow.framework.losses.Losses.cosineSimilarity(
            tf, labels, outputs, new int[] {CHANNELS_LAST})));
  }

  /** The sum of label · log(label / output), both distributions over the last axis. */
  public static RowLoss kullbackLeiblerDivergence() {
    return of(org.tensorflow.framework.losses.Losses::kullbackLeiblerDivergence);
  }

  /** The mean of output − label · log(output), for counts. */
  public static RowLoss poisson() {
    return of(org.tensorflow.framework.losses.Losses::poisson);
  }

  /** The mean of max(0, 1 − label · output), with labels −1 and 1, or 0 and 1. */
  public static RowLoss hinge() {
    return of(org.tensorflow.framework.losses.Losses::hinge);
  }

  /**
   * Any loss of tensorflow-framework. One that is made with {@code Reduction.NONE} is averaged over rows; the default there
   * adds up to the same.
   */
  public static RowLoss of(org.tensorflow.framework.losses.Loss loss) {
    return of((tf, labels, outputs) -> loss.call(tf, labels, outputs, null));
  }

  /** A function of labels and outputs of the same shape. */
  @FunctionalInterface
  public interface Rows {
    /** Returns a loss of each row, {@code [batch]} or {@code [batch, ...]}. */
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> labels, Operand<TFloat32> outputs);
  }

  /** A loss of your own. */
  public static RowLoss of(Rows rows) {
    return new RowLoss() {
      @Override
      protected Operand<TFloat32> rows(Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
        return rows.of(tf, likeOutputs(tf, labels, outputs), atLeastTwoAxes(tf, outputs));
      }
    };
  }

  /** Labels as floats in the shape of {@code outputs}, with an axis more if these are {@code [batch]}. */
  static Operand<TFloat32> likeOutputs(Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    var floats = Inputs.asFloats(tf, labels);
    return tf.reshape(floats, tf.shape(atLeastTwoAxes(tf, outputs)));
  }

  /** The framework averages over the last axis, so rows that are single numbers get one. */
  static Operand<TFloat32> atLeastTwoAxes(Ops tf, Operand<TFloat32> outputs) {
    return outputs.shape().numDimensions() == 1
        ? tf.reshape(outputs, tf.constant(new int[] {-1, 1}))
        : outputs;
  }
}
