package org.tdro.keras;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A function of several tensors, for functional models. */
@FunctionalInterface
public interface MergeLayer {

  /** Returns the output for {@code inputs}; each layer documents its shapes. */
  Operand<TFloat32> call(CallContext context, List<Operand<TFloat32>> inputs);
}
