package org.tdro.mixing.tdro;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** How the gradient of the domain weights is limited before it moves them. */
public record GradientClip(Kind kind, double limit) {
  /** What is limited. */
  public enum Kind {
    /** Nothing. */
    NONE,
    /** The gradient's L2 norm: it is scaled by min(1, limit / (norm + 1e-6)), as torch's {@code clip_grad_norm_}. */
    NORM,
    /** Each entry, to ± limit. */
    VALUE
  }

  public GradientClip {
    if (kind != Kind.NONE && !(limit > 0)) {
      throw new IllegalArgumentException("the limit of the gradient must be above 0, was " + limit);
    }
  }

  /** The gradient as it is. */
  public static GradientClip none() {
    return new GradientClip(Kind.NONE, 0);
  }

  /** A gradient of at most that norm; the published setting is 1. */
  public static GradientClip byNorm(double limit) {
    return new GradientClip(Kind.NORM, limit);
  }

  /** A gradient with entries in ± {@code limit}. */
  public static GradientClip byValue(double limit) {
    return new GradientClip(Kind.VALUE, limit);
  }

  /** The limited {@code gradient}, whose norm the caller knows. */
  Operand<TFloat32> clip(Ops tf, Operand<TFloat32> gradient, Operand<TFloat32> norm) {
    var max = tf.constant((float) limit);
    return switch (kind) {
      case NONE -> tf.identity(gradient);
      case NORM -> {
        var scale = tf.math.div(max, tf.math.add(norm, tf.constant(1e-6f)));
        yield tf.math.mul(gradient, tf.math.minimum(tf.constant(1f), scale));
      }
      case VALUE -> tf.clipByValue(gradient, tf.math.neg(max), max);
    };
  }
}
