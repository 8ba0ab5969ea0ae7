package org.tdro.mixing.tdro;

import org.tdro.config.Key;
import org.tdro.io.Checks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The limit of the gradient of the domain weights.
 *
 * @param kind what is limited
 * @param limit above 0; without meaning where nothing is limited
 */
public record GradientClip(
    @Key("clip") Kind kind, @Key("max-grad-norm") double limit) {
  /** What is limited. */
  public enum Kind {
    /** The gradient's L2 norm: it is scaled by min(1, limit / (norm + 1e-6)), as torch's {@code clip_grad_norm_}. */
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

  /** Returns a clip to gradients of at most that norm; the published setting is 1. */
  public static GradientClip byNorm(double limit) {
    return new GradientClip(Kind.NORM, limit);
  }

  /** Returns a clip to gradients with entries in ± {@code limit}. */
  public static GradientClip byValue(double limit) {
    return new GradientClip(Kind.VALUE, limit);
  }

  /** Limits {@code gradient}, whose norm the caller knows. */
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
