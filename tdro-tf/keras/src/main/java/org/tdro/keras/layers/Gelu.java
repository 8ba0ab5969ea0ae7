package org.tdro.keras.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The Gaussian error linear unit x·Φ(x) (Hendrycks and Gimpel 2016). */
public final class Gelu {
  private Gelu() {}

  /** By the error function: exact, and faster here than the tanh approximation. */
  public static Operand<TFloat32> exact(Ops tf, Operand<TFloat32> x) {
    var erf = tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
    return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(erf, tf.constant(1f)));
  }
}
