package org.tdro.keras.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.tdro.keras.Inputs;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A metric of yes-or-no decisions: how often outputs, which are probabilities, lie above each of some thresholds for labels of 1
 * and for labels of 0.
 */
public final class ThresholdMetric extends LabelledMetric {
  private final float[] thresholds;
  private final ToDoubleFunction<Counts> measure;
  private boolean logits;

  ThresholdMetric(String name, float[] thresholds, ToDoubleFunction<Counts> measure) {
    super(name);
    this.thresholds = thresholds;
    this.measure = measure;
  }

  /** Takes outputs as they are before sigmoid. */
  public ThresholdMetric fromLogits() {
    logits = true;
    return this;
  }

  /** Counts of rows: those of label 1 and of label 0 above each threshold, and all of them. */
  static final class Counts {
    private final double[] truePositives;
    private final double[] falsePositives;
    private final double positives;
    private final double negatives;

    /** @param sums as the graph gives them */
    Counts(double[] sums) {
      int thresholds = (sums.length - 3) / 2;
      truePositives = Arrays.copyOfRange(sums, 0, thresholds);
      falsePositives = Arrays.copyOfRange(sums, thresholds, 2 * thresholds);
      positives = sums[2 * thresholds];
      negatives = sums[2 * thresholds + 1];
    }

    double precision(int threshold) {
      return ratio(truePositives[threshold], truePositives[threshold] + falsePositives[threshold]);
    }

    double recall(int threshold) {
      return ratio(truePositives[threshold], positives);
    }

    double fallOut(int threshold) {
      return ratio(falsePositives[threshold], negatives);
    }

    /** 0 of 0 is 0, as in Keras. */
    private static double ratio(double part, double whole) {
      return whole == 0 ? 0 : part / whole;
    }
  }

  @Override
  Operand<TFloat32> sums(Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    var row = tf.constant(new int[] {1, -1});
    var truth = tf.reshape(tf.reshape(Inputs.asFloats(tf, labels), tf.shape(outputs)), row);
    var probability = tf.reshape(logits ? tf.math.sigmoid(outputs) : outputs, row);
    var column = tf.reshape(tf.constant(thresholds), tf.constant(new int[] {-1, 1}));
    var above = tf.dtypes.cast(tf.math.greater(probability, column), TFloat32.class);
    var falsehood = tf.math.sub(tf.constant(1f), truth);
    var axis = tf.constant(1);
    return tf.concat(
        List.of(
            tf.reduceSum(tf.math.mul(above, truth), axis),
            tf.reduceSum(tf.math.mul(above, falsehood), axis),
            tf.reduceSum(truth, axis),
            tf.reduceSum(falsehood, axis),
            outside(tf, probability)),
        tf.constant(0));
  }

  /** Returns the number of values that are not probabilities, {@code [1]}. */
  private static Operand<TFloat32> outside(Ops tf, Operand<TFloat32> probability) {
    var half = tf.constant(0.5f);
    var distance = tf.math.abs(tf.math.sub(probability, half));
    return tf.reduceSum(
        tf.dtypes.cast(tf.math.greater(distance, half), TFloat32.class), tf.constant(1));
  }

  /**
   * Returns the value of the metric.
   *
   * @throws IllegalArgumentException if outputs were not from 0 to 1
   */
  @Override
  public double result(double[] sums) {
    double outside = sums[sums.length - 1];
    if (outside > 0) {
      throw new IllegalArgumentException(
          "%s needs outputs from 0 to 1, but %.0f were not: call fromLogits() if they are from before sigmoid"
              .formatted(name(), outside));
    }
    return measure.applyAsDouble(new Counts(sums));
  }
}
