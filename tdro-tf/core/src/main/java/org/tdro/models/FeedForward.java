package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Layer;
import org.tdro.keras.layers.Activation;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A network of each token by itself: {@code [batch · length, hidden] -> [batch · length, hidden]}.
 *
 * @param inner to the width between the products
 * @param output back to that of a state
 */
record FeedForward(Layer<TFloat32> inner, Layer<TFloat32> output) implements Layer<TFloat32> {

  /** Returns activation(x·U)·D. */
  static FeedForward plain(Layer<TFloat32> up, Activation activation, Layer<TFloat32> down) {
    return new FeedForward((context, x) -> activation.call(context, up.call(context, x)), down);
  }

  /** Returns (activation(x·G) ⊙ x·U)·D (Shazeer 2020). */
  static FeedForward gated(
      Layer<TFloat32> gate, Activation activation, Layer<TFloat32> up, Layer<TFloat32> down) {
    return new FeedForward(
        (context, x) -> context
            .tf()
            .math
            .mul(activation.call(context, gate.call(context, x)), up.call(context, x)),
        down);
  }

  /** Returns the same where one map gives, side by side, x·G and x·U. */
  static FeedForward gatedJointly(
      Layer<TFloat32> both, Activation activation, Layer<TFloat32> down) {
    return new FeedForward(
        (context, x) -> {
          var tf = context.tf();
          var halves = tf.split(tf.constant(1), both.call(context, x), 2L).output();
          return tf.math.mul(activation.call(context, halves.get(0)), halves.get(1));
        },
        down);
  }

  @Override
  public Operand<TFloat32> call(CallContext context, Operand<TFloat32> x) {
    return output.call(context, inner.call(context, x));
  }
}
