package org.tdro.models;

import java.util.List;
import org.tdro.io.Checks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Rotary positions (Su et al. 2021): pair i of a head's d components turns by θ^(−2i/d) a position.
 *
 * @param theta θ
 * @param scaling how the frequencies were changed for longer texts
 */
public record Rope(double theta, Scaling scaling) {

  /** Ways of scaling frequencies. */
  public enum Kind {
    /** Not scaled. */
    NONE,
    /** All divided by the factor. */
    LINEAR,
    /** Llama 3's: low ones divided by the factor, high ones kept, those between blended. */
    LLAMA3
  }

  /**
   * A scaling of frequencies for longer texts; factors are read by the kinds that use them.
   *
   * @param lowFrequencyFactor wavelengths above {@code originalPositions / lowFrequencyFactor} are stretched in full
   * @param highFrequencyFactor wavelengths below {@code originalPositions / highFrequencyFactor} are kept
   * @param originalPositions the longest text before scaling
   */
  public record Scaling(
      Kind kind,
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      int originalPositions) {
    /** No scaling. */
    public static final Scaling NONE = new Scaling(Kind.NONE, 1, 1, 1, 0);

    public Scaling {
      boolean llama3 = kind == Kind.LLAMA3;
      new Checks()
          .that(factor >= 1, "factor must be at least 1, was " + factor)
          .that(
              !llama3 || (lowFrequencyFactor > 0 && highFrequencyFactor > lowFrequencyFactor),
              "highFrequencyFactor must be above lowFrequencyFactor, and both above 0, were "
                  + highFrequencyFactor + " and " + lowFrequencyFactor)
          .that(
              !llama3 || originalPositions > 0,
              "originalPositions must be at least 1 for kind llama3, was " + originalPositions)
          .done();
    }
  }

  public Rope {
    new Checks().positive("theta", theta).done();
    // Without a scaling its other settings have no meaning.
    scaling = scaling.kind() == Kind.NONE ? Scaling.NONE : scaling;
  }

  /** Returns the angles by which the {@code headSize / 2} pairs turn from one position to the next. */
  double[] frequencies(int headSize) {
    var frequencies = new double[headSize / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaled(Math.pow(theta, -2.0 * i / headSize));
    }
    return frequencies;
  }

  private double scaled(double frequency) {
    return switch (scaling.kind()) {
      case NONE -> frequency;
      case LINEAR -> frequency / scaling.factor();
      case LLAMA3 -> blended(frequency);
    };
  }

  private double blended(double frequency) {
    // Full turns of the pair within the original length.
    double turns = scaling.originalPositions() * frequency / (2 * Math.PI);
    double kept = (turns - scaling.lowFrequencyFactor())
        / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
    double share = Math.max(0, Math.min(1, kept));
    return share * frequency + (1 - share) * frequency / scaling.factor();
  }

  /**
   * Cosines and sines of a batch's positions, shared by all layers. Products of turned queries and keys depend on the
   * difference of their positions alone, so columns may be counted, padding included.
   *
   * @param cosine {@code [length, headSize]}, both halves alike
   * @param sine in the same shape
   */
  record Angles(Operand<TFloat32> cosine, Operand<TFloat32> sine) {

    static Angles of(Ops tf, Operand<TInt32> length, Rope rope, int headSize) {
      var frequencies = rope.frequencies(headSize);
      var row = new float[headSize];
      for (int i = 0; i < headSize; i++) {
        row[i] = (float) frequencies[i % frequencies.length];
      }
      var columns = tf.range(tf.constant(0), length, tf.constant(1));
      var positions = tf.expandDims(tf.dtypes.cast(columns, TFloat32.class), tf.constant(1));
      var angles = tf.math.mul(positions, tf.constant(new float[][] {row}));
      return new Angles(tf.math.cos(angles), tf.math.sin(angles));
    }

    /** Turns {@code [batch, heads, length, headSize]}: component i with component i + headSize / 2. */
    Operand<TFloat32> turn(Ops tf, Operand<TFloat32> x) {
      var halves = tf.split(tf.constant(-1), x, 2L).output();
      var crossed = tf.concat(List.of(tf.math.neg(halves.get(1)), halves.get(0)), tf.constant(-1));
      return tf.math.add(tf.math.mul(x, cosine), tf.math.mul(crossed, sine));
    }
  }
}
