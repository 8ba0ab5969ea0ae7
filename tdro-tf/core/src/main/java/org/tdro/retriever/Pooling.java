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

  /** The largest value of each component among all tokens; 0 for a text without tokens. */
  MAX {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      var present = tf.expandDims(tf.math.greater(mask, tf.constant(0)), tf.constant(-1));
      var tokens = tf.select(present, states.last(), tf.constant(Float.NEGATIVE_INFINITY));
      var largest = tf.max(tokens, tf.constant(1));
      var isEmpty = tf.math.equal(largest, tf.constant(Float.NEGATIVE_INFINITY));
      return tf.select(isEmpty, tf.zerosLike(largest), largest);
    }
  },

  /** The sum of the states of all tokens over the square root of their number. */
  MEAN_SQRT_LEN_TOKENS {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      var present = tf.dtypes.cast(mask, TFloat32.class);
      return over(tf, weighted(tf, states.last(), present), tf.math.sqrt(total(tf, present)));
    }
  },

  /** The mean of the states of all tokens, each weighted by its position in the text from 1 on. */
  WEIGHTEDMEAN {
    @Override
    Operand<TFloat32> call(Ops tf, Backbone.HiddenStates states, Operand<TInt32> mask) {
      var positions = tf.math.mul(tf.math.cumsum(mask, tf.constant(1)), mask);
      return mean(tf, states.last(), positions);
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

  /** Returns the mean of states {@code [batch, length, hidden]} with whole weights {@code [batch, length]}. */
  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> hidden, Operand<TInt32> weights) {
    var factors = tf.dtypes.cast(weights, TFloat32.class);
    return over(tf, weighted(tf, hidden, factors), total(tf, factors));
  }

  /** Returns the sum of each row's weights; 1 for a text without tokens, whose sum of states is 0. */
  private static Operand<TFloat32> total(Ops tf, Operand<TFloat32> weights) {
    return tf.math.maximum(tf.sum(weights, tf.constant(1)), tf.constant(1f));
  }

  /** Returns the rows {@code [batch, hidden]}, each over its divisor {@code [batch]}. */
  private static Operand<TFloat32> over(
      Ops tf, Operand<TFloat32> rows, Operand<TFloat32> divisors) {
    return tf.math.div(rows, tf.expandDims(divisors, tf.constant(-1)));
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
