package org.tdro.mixing.replay;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.tdro.mixing.tdro.AscentRule;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.GradientClip;
import org.tdro.mixing.tdro.LossMeasure;
import org.tdro.mixing.tdro.StepSizeSchedule;

/** The published code's options, by its names, as far as its weight logic reads them. */
public record ReplayOptions(
    boolean normalizeGroupLossScaleWithRefLoss,
    @JsonProperty("p_norm_of_ref_loss") double pNormOfRefLoss,
    boolean groupLossMinusRefLoss,
    double reweightEta,
    double ema,
    boolean weightEma,
    boolean normalizeWeightsOnEveryUpdate,
    Rule droOptimizer,
    double droWeightDecay,
    double droEpsilon,
    double droRmspropAlpha,
    double droAdamBeta1,
    double droAdamBeta2,
    boolean droApplyGradNorm,
    boolean droApplyGradClip,
    double droMaxGradNorm,
    StepSizeSchedule.Kind droLrSchedulerType,
    double droWarmupRatio,
    long droWarmupSteps,
    List<Integer> droSaveTopPercentUniformWeights) {

  /** Its optimizers of the log-weights. */
  public enum Rule {
    SGD,
    ADAMW_TORCH,
    ADAGRAD,
    RMSPROP
  }

  /** The same in our terms. */
  DomainWeightOptions weightOptions(ReplayScenario.Run run) {
    return DomainWeightOptions.builder(measure(run.referenceLosses()))
        .clip(clip())
        .rule(rule())
        .stepSize(reweightEta)
        .schedule(
            new StepSizeSchedule(droLrSchedulerType, warmupSteps(run.updates()), run.minLrRatio()))
        .normalize(normalizeWeightsOnEveryUpdate)
        .ema(ema)
        .build();
  }

  private LossMeasure measure(boolean referenceLosses) {
    return referenceLosses
        ? new LossMeasure.PerRow(
            groupLossMinusRefLoss, normalizeGroupLossScaleWithRefLoss, pNormOfRefLoss)
        : LossMeasure.raw();
  }

  private GradientClip clip() {
    if (droApplyGradNorm) {
      return GradientClip.byNorm(droMaxGradNorm);
    }
    return droApplyGradClip ? GradientClip.byValue(droMaxGradNorm) : GradientClip.none();
  }

  private AscentRule rule() {
    return switch (droOptimizer) {
      case SGD ->
        weightEma
            ? new AscentRule.Sgd(ema, 1 - ema, droWeightDecay)
            : new AscentRule.Sgd(0, 0, droWeightDecay);
      case ADAMW_TORCH ->
        new AscentRule.Adam(droAdamBeta1, droAdamBeta2, droEpsilon, droWeightDecay);
      case ADAGRAD -> new AscentRule.AdaptiveSum(droWeightDecay);
      case RMSPROP -> new AscentRule.RootMeanSquare(droRmspropAlpha, droEpsilon, droWeightDecay);
    };
  }

  private long warmupSteps(int updates) {
    return droWarmupSteps > 0 ? droWarmupSteps : (long) Math.ceil(updates * droWarmupRatio);
  }
}
