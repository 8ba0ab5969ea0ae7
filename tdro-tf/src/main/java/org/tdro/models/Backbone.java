package org.tdro.models;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Turns token ids into hidden states. */
public interface Backbone {

  /**
   * The hidden states of a batch.
   *
   * @param ids {@code [batch, length]}, below the vocabulary's size
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   * @param training whether dropout is in force
   * @return {@code [batch, length, hidden]}; what stands at padding has no meaning
   */
  Operand<TFloat32> call(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, boolean training);

  /** Size of a hidden state. */
  int hidden();
}
