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

  /** The type in which its products of matrices are computed. */
  default ComputeType computeType() {
    return ComputeType.FLOAT32;
  }

  /** The same pass with products of another type. */
  default Pass in(ComputeType type) {
    var pass = this;
    return new Pass() {
      @Override
      public boolean training() {
        return pass.training();
      }

      @Override
      public ComputeType computeType() {
        return type;
      }

      @Override
      public Operand<TFloat32> call(Ops tf, Layer block, Operand<TFloat32> x) {
        return pass.call(tf, block, x);
      }
    };
  }

  /**
   * The output of one of many layers of the same kind. Models call their blocks through this, so that a pass may drop the
   * activations of a block and compute them again in the backward pass.
   */
  default Operand<TFloat32> call(Ops tf, Layer block, Operand<TFloat32> x) {
    return block.call(tf, x);
  }
}
