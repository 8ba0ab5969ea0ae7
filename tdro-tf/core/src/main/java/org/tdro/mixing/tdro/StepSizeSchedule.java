package org.tdro.mixing.tdro;

import org.tdro.keras.LearningRateSchedule;

/**
 * How the step size η moves over the updates.
 *
 * @param warmupSteps updates until η is reached; not used by {@code CONSTANT}
 * @param minRatio η at the end as a share of the peak; used by {@code LINEAR} and {@code COSINE}
 */
public record StepSizeSchedule(Kind kind, long warmupSteps, double minRatio) {
  /** The shape of the curve. */
  public enum Kind {
    CONSTANT,
    CONSTANT_WITH_WARMUP,
    LINEAR,
    COSINE
  }

  public StepSizeSchedule {
    if (warmupSteps < 0) {
      throw new IllegalArgumentException("warm-up steps must be at least 0, were " + warmupSteps);
    }
    if (!(minRatio >= 0 && minRatio <= 1)) {
      throw new IllegalArgumentException("the least ratio must be in 0 … 1, was " + minRatio);
    }
  }

  /** Always η. */
  public static StepSizeSchedule constant() {
    return new StepSizeSchedule(Kind.CONSTANT, 0, 0);
  }

  /** The rate of each of {@code updates} updates with the peak η. */
  LearningRateSchedule of(double stepSize, long updates) {
    return switch (kind) {
      case CONSTANT -> LearningRateSchedule.constant(stepSize);
      case CONSTANT_WITH_WARMUP -> LearningRateSchedule.constantWithWarmup(stepSize, warmupSteps);
      case LINEAR -> LearningRateSchedule.linear(stepSize, updates, warmupSteps, minRatio);
      case COSINE -> LearningRateSchedule.cosine(stepSize, updates, warmupSteps, minRatio);
    };
  }
}
