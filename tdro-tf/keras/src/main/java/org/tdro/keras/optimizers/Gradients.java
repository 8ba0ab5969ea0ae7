package org.tdro.keras.optimizers;

import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What the rules without decoupled decay share. */
final class Gradients {
  private Gradients() {}

  /** The gradient of the loss plus half the decay times the squared norm of the weight. */
  static Operand<TFloat32> withDecay(
      Ops tf, Weight weight, Operand<TFloat32> gradient, float weightDecay) {
    return weightDecay == 0
        ? gradient
        : tf.math.add(gradient, tf.math.mul(weight.value(), tf.constant(weightDecay)));
  }
}
