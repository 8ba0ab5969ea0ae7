package org.tdro.training.config;

import org.tdro.io.Checks;

/**
 * How the frequencies of rotary positions are stretched.
 *
 * @param factor by which the stretched frequencies are divided
 * @param lowFrequencyFactor of kind llama3
 * @param highFrequencyFactor of kind llama3
 * @param originalPositions of kind llama3: the longest text before stretching
 */
public record RopeScalingConfig(
    Kind kind,
    double factor,
    double lowFrequencyFactor,
    double highFrequencyFactor,
    int originalPositions) {

  /** The known ways. */
  public enum Kind {
    /** Not stretched. */
    NONE,
    /** All alike. */
    LINEAR,
    /** Low frequencies only, as in Llama 3.1 and later. */
    LLAMA3
  }

  public RopeScalingConfig {
    new Checks()
        .that(factor >= 1, "factor must be at least 1, was " + factor)
        .that(
            kind != Kind.LLAMA3
                || (lowFrequencyFactor > 0 && highFrequencyFactor > lowFrequencyFactor),
            "highFrequencyFactor must be above lowFrequencyFactor, and both above 0")
        .that(
            kind != Kind.LLAMA3 || originalPositions > 0,
            "originalPositions must be at least 1 for kind llama3, was " + originalPositions)
        .done();
  }
}
