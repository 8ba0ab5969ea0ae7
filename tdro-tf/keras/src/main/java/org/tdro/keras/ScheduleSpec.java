package org.tdro.keras;

import org.tdro.config.Key;
import org.tdro.io.Checks;

/**
 * The course of a learning rate in proportion to its peak, for runs of any length.
 *
 * @param kind its shape
 * @param warmupSteps updates until the peak; 0 to go by {@code warmupRatio}
 * @param warmupRatio share of all updates until the peak
 * @param minRatio rate of the last update as a share of the peak, of kinds that decay
 */
public record ScheduleSpec(
    @Key("schedule") Kind kind, int warmupSteps, double warmupRatio, double minRatio) {

  /** Shapes of schedules. */
  public enum Kind {
    /** Always the peak, without a warm-up. */
    CONSTANT,
    /** Up to the peak in the warm-up, then a straight line down to the minimum. */
    LINEAR,
    /** Up to the peak in the warm-up, then half a cosine wave down to the minimum. */
    COSINE,
    /** Up to the peak in the warm-up, then constant. */
    CONSTANT_WITH_WARMUP
  }

  public ScheduleSpec {
    new Checks()
        .atLeast(0, "warmupSteps", warmupSteps)
        .fraction("warmupRatio", warmupRatio)
        .fraction("minRatio", minRatio)
        .done();
  }

  /** Returns the schedule that is always at its peak. */
  public static ScheduleSpec constant() {
    return new ScheduleSpec(Kind.CONSTANT, 0, 0, 0);
  }

  /** Returns the learning rates of a run of {@code steps} updates with that peak. */
  public LearningRateSchedule over(long steps, double peak) {
    long warmup = warmupSteps > 0 ? warmupSteps : (long) Math.ceil(steps * warmupRatio);
    return switch (kind) {
      case CONSTANT -> LearningRateSchedule.constant(peak);
      case LINEAR -> LearningRateSchedule.linear(peak, steps, warmup, minRatio);
      case COSINE -> LearningRateSchedule.cosine(peak, steps, warmup, minRatio);
      case CONSTANT_WITH_WARMUP -> LearningRateSchedule.constantWithWarmup(peak, warmup);
    };
  }
}
