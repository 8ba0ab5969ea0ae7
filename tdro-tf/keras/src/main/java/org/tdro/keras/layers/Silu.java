package org.tdro.keras.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The sigmoid linear unit x·σ(x) (Elfwing et al. 2018), also called swish. */
public final class Silu {
  private Silu() {}

  /** Element by element. */
  public static Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    return tf.math.mul(x, tf.math.sigmoid(x));
  }
}
