package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A penalty on the values of a weight, which is added to the loss. */
@FunctionalInterface
public interface Regularizer {

  /** Returns the penalty, a scalar. */
  Operand<TFloat32> penalty(Ops tf, Operand<TFloat32> weight);

  /** {@code factor} times the sum of absolute values. */
  static Regularizer l1(float factor) {
    requireFactor(factor);
    return of(new org.tensorflow.framework.regularizers.L1(factor));
  }

  /** {@code factor} times the sum of squares. */
  static Regularizer l2(float factor) {
    requireFactor(factor);
    return of(new org.tensorflow.framework.regularizers.L2(factor));
  }

  private static void requireFactor(float factor) {
    if (!(factor >= 0)) {
      throw new IllegalArgumentException(
          "the factor of a penalty must be at least 0, was " + factor);
    }
  }

  /** Any regularizer of tensorflow-framework. */
  static Regularizer of(org.tensorflow.framework.regularizers.Regularizer regularizer) {
    return regularizer::call;
  }
}
