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

/** (x − mean) / sqrt(variance + ε) · scale + offset over the last axis (Ba et al. 2016). {@code [..., dim] -> [..., dim]}. */
public final class LayerNormalization extends NamedLayer<TFloat32> {
  private Weight scale;
  private Weight offset;
  private final float epsilon;
  private boolean center = true;

  /** A layer whose scale starts at one, its offset at zero; 1e-6 is a usual ε. */
  public LayerNormalization(float epsilon) {
    super("layer_normalization");
    this.epsilon = epsilon;
  }

  /** A layer whose weights are created at once in {@code scope}, for inputs of size {@code dim}. */
  public LayerNormalization(LayerScope scope, int dim, float epsilon) {
    this(epsilon);
    build(scope, Shape.of(-1, dim));
  }

  /** Sets whether there is an offset. */
  public LayerNormalization center(boolean hasOffset) {
    center = hasOffset;
    return this;
  }

  @Override
  public LayerNormalization named(String name) {
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
    offset = center ? scope.add("beta", dim, Initializer.zeros()) : null;
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    var last = tf.constant(-1);
    var mean = tf.math.mean(x, last, Mean.keepDims(true));
    var centred = tf.math.sub(x, mean);
    var variance = tf.math.mean(tf.math.square(centred), last, Mean.keepDims(true));
    // Not rsqrt, whose last bit depends on the place of a row.
    var deviation = tf.math.sqrt(tf.math.add(variance, tf.constant(epsilon)));
    var normalised = tf.math.div(centred, deviation);
    var scaled = tf.math.mul(normalised, scale.read(tf));
    return offset == null ? scaled : tf.math.add(scaled, offset.read(tf));
  }
}
