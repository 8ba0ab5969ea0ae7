package org.tdro.models;

import org.tdro.io.Checks;

/**
 * Rotary positions (Su et al. 2021): pair i of a head's d components turns by θ^(−2i/d) a position.
 *
 * @param theta θ
 * @param scaling how the frequencies were changed for longer texts
 */
public record Rope(double theta, Scaling scaling) {

  /** How frequencies are stretched. */
  public enum Kind {
    /** As they are. */
    NONE,
    /** All divided by the factor. */
    LINEAR,
    /** Llama 3's: low ones divided by the factor, high ones kept, those between blended. */
    LLAMA3
  }

  /**
   * The stretching of frequencies; factors are read by the kinds that use them.
   *
   * @param lowFrequencyFactor wavelengths above {@code originalPositions / lowFrequencyFactor} are stretched in full
   * @param highFrequencyFactor wavelengths below {@code originalPositions / highFrequencyFactor} are kept
   * @param originalPositions the longest text before stretching
   */
  public record Scaling(
      Kind kind,
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      int originalPositions) {
    /** Frequencies as they are. */
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
    // Other settings of no scaling mean nothing.
    scaling = scaling.kind() == Kind.NONE ? Scaling.NONE : scaling;
  }

  /** The angle by which each of the {@code headSize / 2} pairs turns a position. */
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
    // How often the pair turns within the original length.
    double turns = scaling.originalPositions() * frequency / (2 * Math.PI);
    double kept = (turns - scaling.lowFrequencyFactor())
        / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
    double share = Math.max(0, Math.min(1, kept));
    return share * frequency + (1 - share) * frequency / scaling.factor();
  }
}
