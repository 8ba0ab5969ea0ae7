package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A call of a block at which a plain gradient stops: {@code output = stopGradient(block(input))}. */
record CheckpointedBlock(
    Layer<TFloat32> block,
    CallContext context,
    Operand<TFloat32> input,
    Operand<TFloat32> output) {}
