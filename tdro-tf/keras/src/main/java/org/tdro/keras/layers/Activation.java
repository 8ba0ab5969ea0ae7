package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.Layer;
import org.tensorflow.Operand;
import org.tensorflow.framework.activations.ELU;
import org.tensorflow.framework.activations.Exponential;
import org.tensorflow.framework.activations.HardSigmoid;
import org.tensorflow.framework.activations.SELU;
import org.tensorflow.framework.activations.Softmax;
import org.tensorflow.framework.activations.Softplus;
import org.tensorflow.framework.activations.Softsign;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A function of each element, or of each row of the last axis: a layer without weights. {@code [...] -> [...]}. */
@FunctionalInterface
public interface Activation extends Layer<TFloat32> {
  /** x. */
  Activation LINEAR = (tf, x) -> x;

  /** max(0, x). */
  Activation RELU = (tf, x) -> tf.nn.relu(x);

  /** x·Φ(x) by the error function, which is exact and here faster than the tanh approximation (Hendrycks and Gimpel 2016). */
  Activation GELU = (tf, x) -> {
    var erf = tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
    return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(erf, tf.constant(1f)));
  };

  /** The approximation 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) of {@link #GELU}, for models that were trained with it. */
  Activation GELU_TANH = (tf, x) -> {
    var cube = tf.math.mul(tf.math.mul(x, x), x);
    var inner = tf.math.add(x, tf.math.mul(cube, tf.constant(0.044715f)));
    var tanh = tf.math.tanh(tf.math.mul(inner, tf.constant((float) Math.sqrt(2 / Math.PI))));
    return tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(tanh, tf.constant(1f)));
  };

  /** x·σ(x), also called swish (Elfwing et al. 2018). */
  Activation SILU = (tf, x) -> tf.math.mul(x, tf.math.sigmoid(x));

  /** 1 / (1 + exp(−x)). */
  Activation SIGMOID = (tf, x) -> tf.math.sigmoid(x);

  /** Hyperbolic tangent. */
  Activation TANH = (tf, x) -> tf.math.tanh(x);

  /** exp(x) over the sum of a row of the last axis. */
  Activation SOFTMAX = of(new Softmax());

  /** log(1 + exp(x)). */
  Activation SOFTPLUS = of(new Softplus());

  /** x / (1 + |x|). */
  Activation SOFTSIGN = of(new Softsign());

  /** x, or exp(x) − 1 below 0 (Clevert et al. 2016). */
  Activation ELU = of(new ELU());

  /** The scaled ELU whose outputs tend to mean 0 and variance 1 (Klambauer et al. 2017). */
  Activation SELU = of(new SELU());

  /** exp(x). */
  Activation EXPONENTIAL = of(new Exponential());

  /** 0.2·x + 0.5, clipped to [0, 1]. */
  Activation HARD_SIGMOID = of(new HardSigmoid());

  /** Returns the function of {@code x}. */
  Operand<TFloat32> of(Ops tf, Operand<TFloat32> x);

  /** Any activation of tensorflow-framework. */
  static Activation of(org.tensorflow.framework.activations.Activation activation) {
    return activation::call;
  }

  @Override
  default Operand<TFloat32> call(CallContext context, Operand<TFloat32> x) {
    return of(context.tf(), x);
  }
}
