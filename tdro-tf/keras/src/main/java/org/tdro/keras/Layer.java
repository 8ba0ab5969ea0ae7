package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A function of one tensor, with or without weights. {@link #call} may be used any number of times and adds operations to
 * the graph each time. Layers with a name or with weights extend {@link NamedLayer}.
 *
 * @param <T> the type of its input: {@code TFloat32} for most, {@code TInt32} for an embedding
 */
@FunctionalInterface
public interface Layer<T extends TType> {

  /** Returns the output for {@code x}; each layer documents its shapes. */
  Operand<TFloat32> call(CallContext context, Operand<T> x);
}
