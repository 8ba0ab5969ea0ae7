package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/** Turns token ids into hidden states. */
public interface Backbone {

  /**
   * The hidden states of a batch.
   *
   * @param ids {@code [batch, length]}, below the vocabulary's size
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   */
  HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask);

  /** Size of a hidden state. */
  int hidden();
}
