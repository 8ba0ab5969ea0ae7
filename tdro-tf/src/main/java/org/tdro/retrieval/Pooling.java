package org.tdro.retrieval;

import java.util.List;
import org.tdro.keras.Dimension;
import org.tdro.keras.layers.BatchMatMul;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** From the hidden states of a text's tokens to one vector. */
public enum Pooling {
  /** The state of the first position. */
  CLS {
    @Override
    Operand<TFloat32> call(Ops tf, Operand<TFloat32> hidden, Operand<TInt32> mask) {
      return tf.gather(hidden, tf.constant(0), tf.constant(1));
    }
  },

  /** The mean of the states of all tokens. */
  MEAN {
    @Override
    Operand<TFloat32> call(Ops tf, Operand<TFloat32> hidden, Operand<TInt32> mask) {
      var present = tf.dtypes.cast(mask, TFloat32.class);
      var count = tf.math.maximum(tf.sum(present, tf.constant(1)), tf.constant(1f));
      return tf.math.div(weighted(tf, hidden, present), tf.expandDims(count, tf.constant(-1)));
    }
  },

  /** The state of the last token, whichever side the padding is on. */
  LASTTOKEN {
    @Override
    Operand<TFloat32> call(Ops tf, Operand<TFloat32> hidden, Operand<TInt32> mask) {
      var length = Dimension.of(tf, mask, 1);
      var positions = tf.math.mul(
          mask, tf.range(tf.constant(1), tf.math.add(length, tf.constant(1)), tf.constant(1)));
      var last = tf.math.argMax(positions, tf.constant(1), TInt32.class);
      var chosen = tf.oneHot(last, length, tf.constant(1f), tf.constant(0f));
      return weighted(tf, hidden, chosen);
    }
  };

  /**
   * Pools a batch.
   *
   * @param hidden {@code [batch, length, hidden]}
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   * @return {@code [batch, hidden]}
   */
  abstract Operand<TFloat32> call(Ops tf, Operand<TFloat32> hidden, Operand<TInt32> mask);

  /**
   * The sum of states {@code [batch, length, hidden]} times weights {@code [batch, length]}, as a product of matrices: it
   * reads the states once, where multiplying and then adding up would write them all again.
   */
  private static Operand<TFloat32> weighted(
      Ops tf, Operand<TFloat32> hidden, Operand<TFloat32> weights) {
    var product = BatchMatMul.call(tf, tf.expandDims(weights, tf.constant(1)), hidden, false);
    return tf.squeeze(product, Squeeze.axis(List.of(1L)));
  }
}
