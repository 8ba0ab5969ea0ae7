package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** How a forward pass is run: whether dropout and the like are in force, and what becomes of the activations of deep layers. */
public interface Pass {
  /** Without dropout. */
  Pass INFERENCE = () -> false;

  /** With dropout; activations stay in memory until the backward pass. */
  Pass TRAINING = () -> true;

  /** Whether dropout and the like are in force. */
  boolean training();

  /**
   * The output of one of many layers of the same kind. Models call their blocks through this, so that a pass may drop the
   * activations of a block and compute them again in the backward pass.
   */
  default Operand<TFloat32> call(Ops tf, Layer block, Operand<TFloat32> x) {
    return block.call(tf, x);
  }
}
