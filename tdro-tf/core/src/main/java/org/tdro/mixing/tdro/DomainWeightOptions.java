package org.tdro.mixing.tdro;

import org.tdro.keras.Optimizer;

/**
 * How domain weights are learned.
 *
 * @param measure M_g, the gradient of the weight of domain g
 * @param clip limit of that gradient
 * @param rule what moves the log-weights
 * @param stepSize η, the rate of the rule
 * @param schedule how η moves
 * @param normalize whether log α becomes log softmax(log α) after each update
 * @param ema e, the share of the newest weights in their exponential moving average
 */
public record DomainWeightOptions(
    LossMeasure measure,
    GradientClip clip,
    AscentRule rule,
    double stepSize,
    StepSizeSchedule schedule,
    boolean normalize,
    double ema) {
  public DomainWeightOptions {
    if (!(stepSize > 0)) {
      throw new IllegalArgumentException("the step size must be above 0, was " + stepSize);
    }
    if (!(ema >= 0 && ema <= 1)) {
      throw new IllegalArgumentException("ema must be in 0 … 1, was " + ema);
    }
  }

  /** The published settings but for the measure: SGD with constant η = 0.02, norm clipped to 1, e = 0.1. */
  public static Builder builder(LossMeasure measure) {
    return new Builder(measure);
  }

  /**
   * The optimizer of the log-weights, which moves them on every {@code microBatches}-th micro-batch.
   *
   * @param updates length of the schedule
   */
  public Optimizer optimizer(long updates, int microBatches) {
    return rule.optimizer(schedule.of(stepSize, updates)).gradientAccumulationSteps(microBatches);
  }

  /** Collects options. */
  public static final class Builder {
    private final LossMeasure measure;
    private GradientClip clip = GradientClip.byNorm(1);
    private AscentRule rule = AscentRule.sgd();
    private double stepSize = 0.02;
    private StepSizeSchedule schedule = StepSizeSchedule.constant();
    private boolean normalize = true;
    private double ema = 0.1;

    private Builder(LossMeasure measure) {
      this.measure = measure;
    }

    /** Limit of the gradient. */
    public Builder clip(GradientClip clip) {
      this.clip = clip;
      return this;
    }

    /** What moves the log-weights. */
    public Builder rule(AscentRule rule) {
      this.rule = rule;
      return this;
    }

    /** η. */
    public Builder stepSize(double stepSize) {
      this.stepSize = stepSize;
      return this;
    }

    /** How η moves. */
    public Builder schedule(StepSizeSchedule schedule) {
      this.schedule = schedule;
      return this;
    }

    /** Whether log-weights are normalised after each update. */
    public Builder normalize(boolean normalize) {
      this.normalize = normalize;
      return this;
    }

    /** Share of the newest weights in their moving average. */
    public Builder ema(double ema) {
      this.ema = ema;
      return this;
    }

    /** The options. */
    public DomainWeightOptions build() {
      return new DomainWeightOptions(measure, clip, rule, stepSize, schedule, normalize, ema);
    }
  }
}
