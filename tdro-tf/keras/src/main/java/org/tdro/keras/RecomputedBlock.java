package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A call of a block behind which a plain gradient stops: {@code output = stopGradient(block(input))}. */
record RecomputedBlock(Layer block, Operand<TFloat32> input, Operand<TFloat32> output) {}
