package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Padded sequences of tokens to one vector each; a vector depends on its own sequence alone, and not on its padding. */
public interface SequenceEncoder {

  /**
   * The vectors of a batch.
   *
   * @param ids {@code [batch, length]}
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   * @return {@code [batch, dimension]}
   */
  Operand<TFloat32> call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask);

  /** Size of a vector. */
  int dimension();
}
