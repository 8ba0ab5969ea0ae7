package org.tdro.keras.layers;

import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** x / sqrt(mean(x²) + ε) · scale over the last axis (Zhang and Sennrich 2019). {@code [..., dim] -> [..., dim]}. */
public final class RmsNormalization implements Layer {
  private final Weight scale;
  private final float epsilon;

  /** The scale starts at one. */
  public RmsNormalization(Variables variables, String name, int dim, float epsilon) {
    this.scale = variables.add(name + "/gamma", Shape.of(dim), Initializer.ones());
    this.epsilon = epsilon;
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    var meanSquare = tf.math.mean(tf.math.square(x), tf.constant(-1), Mean.keepDims(true));
    var inverse = tf.math.rsqrt(tf.math.add(meanSquare, tf.constant(epsilon)));
    return tf.math.mul(tf.math.mul(x, inverse), scale.read(tf));
  }
}
