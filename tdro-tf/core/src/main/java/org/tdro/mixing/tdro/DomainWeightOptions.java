package org.tdro.mixing.tdro;

import org.tdro.config.Inline;
import org.tdro.io.Checks;
import org.tdro.keras.Optimizer;
import org.tdro.keras.ScheduleSpec;
import org.tdro.keras.optimizers.OptimizerSpec;
import org.tdro.keras.optimizers.RmsProp;
import org.tdro.keras.optimizers.Sgd;

/**
 * Settings by which tDRO learns domain weights. The log-weights ascend: their optimizer descends along the negated gradient.
 *
 * @param measure M_g, the gradient of the weight of domain g
 * @param clip limit of that gradient
 * @param optimizer optimizer of the log-weights; plain SGD is exponentiated gradient ascent on α, the paper's rule
 * @param weightEma whether SGD has momentum {@code ema} and dampening {@code 1 - ema}
 * @param rmspropAlpha decay of RMSprop's mean squared gradient
 * @param stepSize η, the rate of the optimizer
 * @param schedule course of η over the updates
 * @param normalizeEveryUpdate whether log α becomes log softmax(log α) after each update
 * @param bounds bounds of α; they need {@code normalizeEveryUpdate}
 * @param ema e, the share of the newest weights in their exponential moving average
 */
public record DomainWeightOptions(
    @Inline LossMeasure measure,
    @Inline GradientClip clip,
    @Inline OptimizerSpec optimizer,
    boolean weightEma,
    double rmspropAlpha,
    double stepSize,
    @Inline ScheduleSpec schedule,
    boolean normalizeEveryUpdate,
    @Inline MixtureBounds bounds,
    double ema) {
  public DomainWeightOptions {
    new Checks()
        .rate("rmspropAlpha", rmspropAlpha)
        .positive("stepSize", stepSize)
        .fraction("ema", ema)
        .that(
            normalizeEveryUpdate || !bounds.bind(),
            "normalizeEveryUpdate must be true where floor or trustRegion bounds the weights")
        .done();
  }

  /** Returns the published settings except for the measure: SGD with constant η = 0.02, norm clipped to 1, no bounds, e = 0.1. */
  public static Builder builder(LossMeasure measure) {
    return new Builder(measure);
  }

  /**
   * Returns the optimizer of the log-weights, which moves them on every {@code microBatches}-th micro-batch.
   *
   * @param updates length of the schedule
   */
  public Optimizer optimizer(long updates, int microBatches) {
    var rate = schedule.over(updates, stepSize);
    double decay = optimizer.weightDecay();
    var created = switch (optimizer.rule()) {
      case SGD -> weightEma ? new Sgd(rate, ema, 1 - ema, decay) : new Sgd(rate, 0, 0, decay);
      case RMSPROP -> new RmsProp(rate, rmspropAlpha, optimizer.epsilon(), decay);
      case ADAMW, ADAGRAD -> optimizer.create(rate, weight -> true);
    };
    return created.gradientAccumulationSteps(microBatches);
  }

  /** Builder of options. */
  public static final class Builder {
    private final LossMeasure measure;
    private GradientClip clip = GradientClip.byNorm(1);
    private OptimizerSpec optimizer = OptimizerSpec.of(OptimizerSpec.Rule.SGD);
    private boolean weightEma;
    private double rmspropAlpha = 0.99;
    private double stepSize = 0.02;
    private ScheduleSpec schedule = ScheduleSpec.constant();
    private boolean normalizeEveryUpdate = true;
    private MixtureBounds bounds = MixtureBounds.none();
    private double ema = 0.1;

    private Builder(LossMeasure measure) {
      this.measure = measure;
    }

    /** Sets the limit of the gradient. */
    public Builder clip(GradientClip clip) {
      this.clip = clip;
      return this;
    }

    /** Sets the optimizer of the log-weights. */
    public Builder optimizer(OptimizerSpec optimizer) {
      this.optimizer = optimizer;
      return this;
    }

    /** Sets whether SGD has the momentum {@code ema}. */
    public Builder weightEma(boolean weightEma) {
      this.weightEma = weightEma;
      return this;
    }

    /** Sets the decay of RMSprop's mean squared gradient. */
    public Builder rmspropAlpha(double alpha) {
      this.rmspropAlpha = alpha;
      return this;
    }

    /** Sets η. */
    public Builder stepSize(double stepSize) {
      this.stepSize = stepSize;
      return this;
    }

    /** Sets the course of η. */
    public Builder schedule(ScheduleSpec schedule) {
      this.schedule = schedule;
      return this;
    }

    /** Sets whether log-weights are normalised after each update. */
    public Builder normalizeEveryUpdate(boolean normalize) {
      this.normalizeEveryUpdate = normalize;
      return this;
    }

    /** Sets the bounds of α. */
    public Builder bounds(MixtureBounds bounds) {
      this.bounds = bounds;
      return this;
    }

    /** Sets the share of the newest weights in their moving average. */
    public Builder ema(double ema) {
      this.ema = ema;
      return this;
    }

    /** Returns the options. */
    public DomainWeightOptions build() {
      return new DomainWeightOptions(
          measure,
          clip,
          optimizer,
          weightEma,
          rmspropAlpha,
          stepSize,
          schedule,
          normalizeEveryUpdate,
          bounds,
          ema);
    }
  }
}
