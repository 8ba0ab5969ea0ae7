package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** x / sqrt(mean(x²) + ε) · (1 + scale) over the last axis: the norm of Gemma, whose scale starts at zero. */
final class GemmaNorm implements Layer<TFloat32> {
  private final Weight scale;
  private final float epsilon;

  GemmaNorm(LayerScope scope, int width, float epsilon) {
    this.scale = scope.add("gamma", Shape.of(width), Initializer.zeros());
    this.epsilon = epsilon;
  }

  /** {@code [..., width] -> [..., width]}. */
  @Override
  public Operand<TFloat32> call(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    var meanSquare = tf.math.mean(tf.math.square(x), tf.constant(-1), Mean.keepDims(true));
    var deviation = tf.math.sqrt(tf.math.add(meanSquare, tf.constant(epsilon)));
    var factor = tf.math.add(scale.read(tf), tf.constant(1f));
    return tf.math.mul(tf.math.div(x, deviation), factor);
  }
}
