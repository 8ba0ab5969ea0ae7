package org.tdro.models;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The shape and the padding of a batch, which the attention of every layer needs.
 *
 * @param batchAndLength {@code [2]}
 * @param bias {@code [batch, 1, 1, length]}, 0 at tokens and very negative at padding
 */
record AttentionShape(Operand<TInt32> batchAndLength, Operand<TFloat32> bias) {
  /** Large enough that exp underflows to 0, small enough that sums stay finite. */
  static final float MASKED = -1e9f;

  static AttentionShape of(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask) {
    var absent = tf.math.sub(tf.constant(1f), tf.dtypes.cast(mask, TFloat32.class));
    var bias = tf.expandDims(
        tf.expandDims(tf.math.mul(absent, tf.constant(MASKED)), tf.constant(1)), tf.constant(1));
    return new AttentionShape(tf.shape(ids), bias);
  }

  /** Returns the shape {@code [batch, length, further...]}. */
  Operand<TInt32> and(Ops tf, int... further) {
    return tf.concat(List.of(batchAndLength, tf.constant(further)), tf.constant(0));
  }

  /** Separates the texts: {@code [batch · length, width] -> [batch, length, width]}. */
  Operand<TFloat32> separate(Ops tf, Operand<TFloat32> rows, int width) {
    return tf.reshape(rows, and(tf, width));
  }
}
