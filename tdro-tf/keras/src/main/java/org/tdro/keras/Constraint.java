package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A function that moves a weight back into its allowed set after every update. */
@FunctionalInterface
public interface Constraint {

  /** Returns values of the same shape that meet the condition. */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> weight);

  /** Negative values become 0. */
  static Constraint nonNegative() {
    return of(new org.tensorflow.framework.constraints.NonNeg());
  }

  /** Columns whose norm is above {@code norm} are scaled down to it. */
  static Constraint maxNorm(double norm) {
    if (!(norm > 0)) {
      throw new IllegalArgumentException("the largest norm must be above 0, was " + norm);
    }
    return of(new org.tensorflow.framework.constraints.MaxNorm(norm));
  }

  /** Columns are scaled to norm 1. */
  static Constraint unitNorm() {
    return of(new org.tensorflow.framework.constraints.UnitNorm());
  }

  /** Any constraint of tensorflow-framework. */
  static Constraint of(org.tensorflow.framework.constraints.Constraint constraint) {
    return constraint::call;
  }
}
