package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Layer;
import org.tdro.keras.layers.Activation;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer of a transformer: self-attention and a feed-forward network, each added to its input. */
record TransformerBlock(
    Residual aroundAttention,
    SelfAttention attention,
    Residual aroundFeedForward,
    FeedForward feedForward) {

  /**
   * How the output of a part is added to its input: last(x + after(part(before(x)))).
   *
   * @param before the norm of BERT's successors; it changes nothing in BERT
   * @param after dropout or a further norm
   * @param last the norm of BERT (post-normalisation)
   */
  record Residual(Layer<TFloat32> before, Layer<TFloat32> after, Layer<TFloat32> last) {

    /** Returns x + after(part(before(x))). */
    static Residual pre(Layer<TFloat32> before, Layer<TFloat32> after) {
      return new Residual(before, after, Activation.LINEAR);
    }

    /** Returns last(x + after(part(x))). */
    static Residual post(Layer<TFloat32> after, Layer<TFloat32> last) {
      return new Residual(Activation.LINEAR, after, last);
    }

    private Operand<TFloat32> call(CallContext context, Operand<TFloat32> x, Layer<TFloat32> part) {
      var change = after.call(context, part.call(context, before.call(context, x)));
      return last.call(context, context.tf().math.add(x, change));
    }
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(CallContext context, Operand<TFloat32> x, AttentionBatch batch) {
    var middle =
        aroundAttention.call(context, x, (inner, states) -> attention.call(inner, states, batch));
    return aroundFeedForward.call(context, middle, feedForward);
  }
}
