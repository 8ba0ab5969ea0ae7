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

/** (x − mean) / sqrt(variance + ε) · scale + offset over the last axis (Ba et al. 2016). {@code [..., dim] -> [..., dim]}. */
public final class LayerNormalization implements Layer {
  private final Weight scale;
  private final Weight offset;
  private final float epsilon;

  /** Scale starts at one, offset at zero. */
  public LayerNormalization(Variables variables, String name, int dim, float epsilon) {
    this.scale = variables.add(name + "/gamma", Shape.of(dim), Initializer.ones());
    this.offset = variables.add(name + "/beta", Shape.of(dim), Initializer.zeros());
    this.epsilon = epsilon;
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    var last = tf.constant(-1);
    var mean = tf.math.mean(x, last, Mean.keepDims(true));
    var centred = tf.math.sub(x, mean);
    var variance = tf.math.mean(tf.math.square(centred), last, Mean.keepDims(true));
    var inverse = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
    var normalised = tf.math.mul(centred, inverse);
    return tf.math.add(tf.math.mul(normalised, scale.read(tf)), offset.read(tf));
  }
}
