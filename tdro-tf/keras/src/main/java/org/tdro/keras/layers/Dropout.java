package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Dropout (Srivastava et al. 2014): in training, zeroes elements with probability {@code rate} and scales the others by
 * 1 / (1 − rate); in inference, returns its input. The random numbers follow from the model's seed, the layer's name and the
 * micro-batch alone, so a resumed run drops the same elements. {@code [...] -> [...]}.
 */
public final class Dropout extends NamedLayer<TFloat32> {
  private final float rate;

  /**
   * A layer that drops {@code rate} of its input.
   *
   * @throws IllegalArgumentException if the rate is not in [0, 1)
   */
  public Dropout(float rate) {
    super("dropout");
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("the dropout rate must be in [0, 1), was " + rate);
    }
    this.rate = rate;
  }

  /** A layer whose random numbers follow from the path of {@code scope}. */
  public Dropout(LayerScope scope, float rate) {
    this(rate);
    build(scope, Shape.unknown());
  }

  @Override
  public Dropout named(String name) {
    super.named(name);
    return this;
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    if (rate == 0 || !context.training()) {
      return x;
    }
    var tf = context.tf();
    var uniform = tf.random.statelessRandomUniform(tf.shape(x), context.randomSeed(path()));
    var keep = tf.math.greaterEqual(uniform, tf.constant(rate));
    var scaled = tf.math.mul(x, tf.constant(1 / (1 - rate)));
    return tf.select(keep, scaled, tf.zerosLike(x));
  }
}
