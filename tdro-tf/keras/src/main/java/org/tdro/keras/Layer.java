package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A function of one float tensor with weights of its own. The weights are added to a {@link Variables} by the
 * constructor, so the shape of a layer is known once it exists; {@link #call} may be used any number of times.
 */
@FunctionalInterface
public interface Layer {

  /** The output for {@code input}; shapes are given by each layer. */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> input);
}
