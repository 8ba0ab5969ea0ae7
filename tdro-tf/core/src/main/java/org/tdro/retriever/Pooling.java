package org.tdro.retriever;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dimension;
import org.tdro.models.Backbone;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A reduction of the hidden states of a text's tokens to one vector. */
public enum Pooling {
  /** The state of the first position. */
  CLS {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      return tf.gather(states.last(), tf.constant(0), tf.constant(1));
    }
  },

  /** The mean of the states of all tokens. */
  MEAN {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      return mean(tf, states.last(), mask);
    }
  },

  /** The state of the last token, whichever side the padding is on. */
  LASTTOKEN {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      var length = Dimension.of(tf, mask, 1);
      var positions = tf.math.mul(
          mask, tf.range(tf.constant(1), tf.math.add(length, tf.constant(1)), tf.constant(1)));
      var last = tf.math.argMax(positions, tf.constant(1), TInt32.class);
      var chosen = tf.oneHot(last, length, tf.constant(1f), tf.constant(0f));
      return weighted(tf, states.last(), chosen);
    }
  },

  /** The mean over all tokens of the states before the first layer and after the last. */
  AVG_FIRST_LAST {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      return mean(tf, half(tf, states.first(), states.last()), mask);
    }
  },

  /** The mean over all tokens of the states after the last two layers. */
  AVG_TOP2 {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      return mean(tf, half(tf, states.secondLast(), states.last()), mask);
    }
  };

  /**
   * Pools a batch.
   *
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   * @return {@code [batch, hidden]}
   */
  abstract Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask);

  private static Operand<TFloat32> half(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.math.mul(tf.math.add(a, b), tf.constant(0.5f));
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> hidden, Operand<TInt32> mask) {
    var present = tf.dtypes.cast(mask, TFloat32.class);
    var count = tf.math.maximum(tf.sum(present, tf.constant(1)), tf.constant(1f));
    return tf.math.div(weighted(tf, hidden, present), tf.expandDims(count, tf.constant(-1)));
  }

  /**
   * Returns the sum of states {@code [batch, length, hidden]} times weights {@code [batch, length]}, as a product of matrices: it
   * reads the states once, where multiplying and then adding up would write them all again.
   */
  private static Operand<TFloat32> weighted(
      Ops tf, Operand<TFloat32> hidden, Operand<TFloat32> weights) {
    var product = CallContext.inference(tf)
        .batchMatMul(tf.expandDims(weights, tf.constant(1)), hidden, false);
    return tf.squeeze(product, Squeeze.axis(List.of(1L)));
  }
}
