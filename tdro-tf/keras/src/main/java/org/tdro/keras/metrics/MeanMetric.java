package org.tdro.keras.metrics;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The mean of a value over rows. */
final class MeanMetric extends LabelledMetric {
  private final Rows rows;
  private final DoubleUnaryOperator last;

  /** A value for each row. */
  @FunctionalInterface
  interface Rows {
    Operand<TFloat32> of(Ops tf, Operand<?> labels, Operand<TFloat32> outputs);
  }

  /** @param last applied to the mean */
  MeanMetric(String name, Rows rows, DoubleUnaryOperator last) {
    super(name);
    this.rows = rows;
    this.last = last;
  }

  @Override
  Operand<TFloat32> sums(Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    var values = tf.reshape(rows.of(tf, labels, outputs), tf.constant(new int[] {-1}));
    var count = tf.dtypes.cast(tf.size(values), TFloat32.class);
    return tf.stack(List.of(tf.reduceSum(values, tf.constant(0)), count));
  }

  @Override
  public double result(double[] sums) {
    return last.applyAsDouble(sums[0] / sums[1]);
  }
}
