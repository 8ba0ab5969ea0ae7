package org.tdro.keras.layers;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.MergeLayer;
import org.tdro.keras.SymbolicTensor;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The sum of its inputs, which have the same shape. */
public final class Add implements MergeLayer {

  /** Returns the sum of {@code inputs}. */
  public static SymbolicTensor of(SymbolicTensor... inputs) {
    return SymbolicTensor.merge(new Add(), inputs);
  }

  @Override
  public Operand<TFloat32> call(CallContext context, List<Operand<TFloat32>> inputs) {
    var shape = inputs.get(0).shape();
    for (var input : inputs) {
      if (!input.shape().isCompatibleWith(shape)) {
        throw new IllegalArgumentException("inputs that are added must have the same shape, were "
            + inputs.stream().map(Operand::shape).toList());
      }
    }
    return inputs.stream().reduce(context.tf().math::add).orElseThrow();
  }
}
