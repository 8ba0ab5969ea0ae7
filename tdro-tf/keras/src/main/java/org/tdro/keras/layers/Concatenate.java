package org.tdro.keras.layers;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.MergeLayer;
import org.tdro.keras.SymbolicTensor;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Concatenation along the last axis; the other axes agree. */
public final class Concatenate implements MergeLayer {

  /** Returns {@code inputs} beside each other. */
  public static SymbolicTensor of(SymbolicTensor... inputs) {
    return SymbolicTensor.merge(new Concatenate(), inputs);
  }

  @Override
  public Operand<TFloat32> call(CallContext context, List<Operand<TFloat32>> inputs) {
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    return context.tf().concat(inputs, context.tf().constant(-1));
  }
}
