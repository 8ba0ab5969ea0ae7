package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * (x − mean) / sqrt(variance + ε) · scale + offset, with the mean and variance of each feature over the batch (Ioffe and Szegedy
 * 2015). In inference their moving averages are used, which are saved with the model: after a step, an average is momentum times
 * what it was plus (1 − momentum) times the batch's. {@code [..., features] -> [..., features]}.
 */
public final class BatchNormalization extends NamedLayer<TFloat32> {
  private final float momentum;
  private final float epsilon;
  private Weight scale;
  private Weight offset;
  private Weight movingMean;
  private Weight movingVariance;

  /** A layer with Keras' momentum, 0.99, and ε, 0.001. */
  public BatchNormalization() {
    this(0.99f, 1e-3f);
  }

  /** A layer with this momentum, in [0, 1), and ε. */
  public BatchNormalization(float momentum, float epsilon) {
    super("batch_normalization");
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("the momentum must be in [0, 1), was " + momentum);
    }
    this.momentum = momentum;
    this.epsilon = epsilon;
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    if (input.isUnknown() || input.numDimensions() < 2 || input.get(-1) < 1) {
      throw new IllegalArgumentException("the layer " + scope.path()
          + " needs inputs [..., features] with a known number of features, was " + input);
    }
    var features = Shape.of(input.get(-1));
    scale = scope.add("gamma", features, Initializer.ones());
    offset = scope.add("beta", features, Initializer.zeros());
    movingMean = scope.addState("moving_mean", features, Initializer.zeros());
    movingVariance = scope.addState("moving_variance", features, Initializer.ones());
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    if (!context.training() || !isTrainable()) {
      var centred = tf.math.sub(x, movingMean.read(tf));
      return scaled(tf, centred, movingVariance.read(tf));
    }
    var axes = new int[x.shape().numDimensions() - 1];
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] = axis;
    }
    var mean = tf.math.mean(x, tf.constant(axes));
    var centred = tf.math.sub(x, mean);
    var variance = tf.math.mean(tf.math.square(centred), tf.constant(axes));
    context.assign(movingMean, moved(tf, movingMean, mean));
    context.assign(movingVariance, moved(tf, movingVariance, variance));
    return scaled(tf, centred, variance);
  }

  private Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> centred, Operand<TFloat32> variance) {
    var inverse = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
    return tf.math.add(tf.math.mul(centred, tf.math.mul(inverse, scale.read(tf))), offset.read(tf));
  }

  private Operand<TFloat32> moved(Ops tf, Weight average, Operand<TFloat32> value) {
    return tf.math.add(
        tf.math.mul(average.read(tf), tf.constant(momentum)),
        tf.math.mul(tf.stopGradient(value), tf.constant(1 - momentum)));
  }
}
