package org.tdro.mixing.tdro;

import org.tdro.config.Key;
import org.tdro.io.Checks;
import org.tdro.keras.Optimizer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The limit of the gradient of the domain weights.
 *
 * @param kind what is limited
 * @param limit above 0; unused if nothing is limited
 */
public record GradientClip(
    @Key("clip") Kind kind, @Key("max-grad-norm") double limit) {
  /** The quantity that is limited. */
  public enum Kind {
    /** The gradient's L2 norm: it is scaled by {@link Optimizer#clipFactor}. */
    NORM,
    /** Each entry, to ± limit. */
    VALUE,
    /** Nothing. */
    NONE
  }

  public GradientClip {
    if (kind != Kind.NONE) {
      new Checks().positive("limit", limit).done();
    }
  }

  /** Returns the clip that leaves gradients as they are. */
  public static GradientClip none() {
    return new GradientClip(Kind.NONE, 0);
  }

  /** Returns a clip to gradients of at most norm {@code limit}; the published setting is 1. */
  public static GradientClip byNorm(double limit) {
    return new GradientClip(Kind.NORM, limit);
  }

  /** Returns a clip to gradients with entries in ± {@code limit}. */
  public static GradientClip byValue(double limit) {
    return new GradientClip(Kind.VALUE, limit);
  }

  /** Returns {@code gradient}, whose L2 norm is {@code norm}, within the limit. */
  Operand<TFloat32> clip(Ops tf, Operand<TFloat32> gradient, Operand<TFloat32> norm) {
    return switch (kind) {
      case NONE -> tf.identity(gradient);
      case NORM -> tf.math.mul(gradient, Optimizer.clipFactor(tf, norm, (float) limit));
      case VALUE -> {
        var max = tf.constant((float) limit);
        yield tf.clipByValue(gradient, tf.math.neg(max), max);
      }
    };
  }
}
