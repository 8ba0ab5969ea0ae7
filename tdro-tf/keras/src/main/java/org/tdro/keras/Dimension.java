package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Sizes of tensors that are only known when the graph runs. */
public final class Dimension {
  private Dimension() {}

  /** The size of {@code tensor} along {@code axis}, a scalar. */
  public static Operand<TInt32> of(Ops tf, Operand<? extends TType> tensor, int axis) {
    return tf.gather(tf.shape(tensor), tf.constant(axis), tf.constant(0));
  }
}
