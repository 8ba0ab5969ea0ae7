package org.tdro.keras;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A measure over any number of batches: the graph gives sums over the rows of a batch, these are added up in double precision, and
 * a formula makes the measure of them. So an epoch's value is that of all its rows together, not a mean of batches' values,
 * and what is remembered within an epoch is a few numbers, which are saved with the model.
 */
public interface Metric {

  /** The name under which it is logged. */
  String name();

  /**
   * Returns sums over the rows of a batch, {@code [sums]} of a static size.
   *
   * @param inputs every input of the batch, labels among them
   * @param outputs what the model returned
   */
  Operand<TFloat32> sums(Ops tf, Inputs inputs, Operand<TFloat32> outputs);

  /** Returns the measure of the batches whose sums were added up. */
  double result(double[] sums);

  /** Returns a metric that is the mean of a loss over rows. */
  static Metric of(String name, Loss loss) {
    return new Metric() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Operand<TFloat32> sums(Ops tf, Inputs inputs, Operand<TFloat32> outputs) {
        var rows = tf.dtypes.cast(
            tf.gather(tf.shape(outputs), tf.constant(0), tf.constant(0)), TFloat32.class);
        return tf.stack(List.of(tf.math.mul(loss.call(tf, inputs, outputs), rows), rows));
      }

      @Override
      public double result(double[] sums) {
        return sums[0] / sums[1];
      }
    };
  }
}
