package org.tdro.keras;

/** The learning rate of every update. */
@FunctionalInterface
public interface LearningRateSchedule {

  /** The rate of the update that follows {@code updatesDone} updates. */
  double rate(long updatesDone);

  /** Always {@code rate}. */
  static LearningRateSchedule constant(double rate) {
    requireRate(rate);
    return updatesDone -> rate;
  }

  /** Rises from 0 to {@code peak} in {@code warmupSteps}, then constant. */
  static LearningRateSchedule constantWithWarmup(double peak, long warmupSteps) {
    return afterWarmup(peak, warmupSteps, updatesDone -> 1);
  }

  /** Rises from 0 to {@code peak} in {@code warmupSteps}, then in a straight line to {@code minRatio} × peak at {@code steps}. */
  static LearningRateSchedule linear(double peak, long steps, long warmupSteps, double minRatio) {
    return afterWarmup(peak, warmupSteps, updatesDone -> {
      double left = Math.max(0, (double) (steps - updatesDone) / Math.max(1, steps - warmupSteps));
      return minRatio + (1 - minRatio) * left;
    });
  }

  /** Rises from 0 to {@code peak} in {@code warmupSteps}, then half a cosine wave to {@code minRatio} × peak at {@code steps}. */
  static LearningRateSchedule cosine(double peak, long steps, long warmupSteps, double minRatio) {
    return afterWarmup(peak, warmupSteps, updatesDone -> {
      double progress =
          Math.min(1, (double) (updatesDone - warmupSteps) / Math.max(1, steps - warmupSteps));
      return minRatio + (1 - minRatio) * 0.5 * (1 + Math.cos(Math.PI * progress));
    });
  }

  private static void requireRate(double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a learning rate must be at least 0, was " + rate);
    }
  }

  private static LearningRateSchedule afterWarmup(
      double peak, long warmupSteps, LearningRateSchedule ratio) {
    requireRate(peak);
    return updatesDone -> updatesDone < warmupSteps
        ? peak * updatesDone / Math.max(1, warmupSteps)
        : peak * ratio.rate(updatesDone);
  }
}
