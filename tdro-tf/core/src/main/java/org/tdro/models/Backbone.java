package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A network from token ids to hidden states. */
public interface Backbone {

  /**
   * Returns the hidden states of a batch.
   *
   * @param ids {@code [batch, length]}, below the vocabulary's size
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   */
  HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask);

  /** Size of a hidden state. */
  int hidden();

  /**
   * The states of a batch's tokens at three depths, each {@code [batch, length, hidden]}. Values at padding
   * have no meaning.
   *
   * @param first before the first layer
   * @param secondLast after the layer before the last, not normalised where the model normalises only at its end
   * @param last after the last layer, normalised
   */
  record HiddenStates(
      Operand<TFloat32> first, Operand<TFloat32> secondLast, Operand<TFloat32> last) {

    /** Returns the states of a backbone without layers. */
    public static HiddenStates of(Operand<TFloat32> states) {
      return new HiddenStates(states, states, states);
    }
  }
}
