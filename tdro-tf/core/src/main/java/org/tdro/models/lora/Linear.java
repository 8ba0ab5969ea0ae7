package org.tdro.models.lora;

import org.tdro.keras.Pass;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A linear map of a backbone's block, as its {@link Adapters} want it. */
@FunctionalInterface
public interface Linear {

  /** {@code [rows, in] -> [rows, out]}. */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, Pass pass);
}
