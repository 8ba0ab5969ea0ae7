package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** x / sqrt(mean(x²) + ε) · scale over the last axis (Zhang and Sennrich 2019). {@code [..., dim] -> [..., dim]}. */
public final class RmsNormalization extends NamedLayer<TFloat32> {
  private Weight scale;
  private final float epsilon;

  /** A layer whose scale starts at one; 1e-6 is a usual ε. */
  public RmsNormalization(float epsilon) {
    super("rms_normalization");
    this.epsilon = epsilon;
  }

  /** A layer whose weights are created at once in {@code scope}, for inputs of size {@code dim}. */
  public RmsNormalization(LayerScope scope, int dim, float epsilon) {
    this(epsilon);
    build(scope, Shape.of(-1, dim));
  }

  @Override
  public RmsNormalization named(String name) {
    super.named(name);
    return this;
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    int last = input.numDimensions() - 1;
    if (last < 0 || input.get(last) < 1) {
      throw new IllegalArgumentException(
          "the layer " + scope.path() + " needs inputs whose last size is known, was " + input);
    }
    var dim = Shape.of(input.get(last));
    scale = scope.add("gamma", dim, Initializer.ones());
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    var meanSquare = tf.math.mean(tf.math.square(x), tf.constant(-1), Mean.keepDims(true));
    // Not rsqrt, whose last bit depends on the place of a row.
    var deviation = tf.math.sqrt(tf.math.add(meanSquare, tf.constant(epsilon)));
    return tf.math.mul(tf.math.div(x, deviation), scale.read(tf));
  }
}
