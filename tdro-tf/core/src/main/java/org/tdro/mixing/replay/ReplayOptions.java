package org.tdro.mixing.replay;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.tdro.keras.ScheduleSpec;
import org.tdro.keras.optimizers.OptimizerSpec;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.GradientClip;
import org.tdro.mixing.tdro.LossMeasure;

/** Options of the published implementation that affect the weight update, under their original names. */
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
    ScheduleSpec.Kind droLrSchedulerType,
    double droWarmupRatio,
    int droWarmupSteps,
    List<Integer> droSaveTopPercentUniformWeights) {

  /** The optimizers of the log-weights. */
  public enum Rule {
    SGD,
    ADAMW_TORCH,
    ADAGRAD,
    RMSPROP
  }

  /** Returns the settings that these options mean. */
  DomainWeightOptions weightOptions(ReplayScenario.Run run) {
    return DomainWeightOptions.builder(measure(run.referenceLosses()))
        .clip(clip())
        .optimizer(
            new OptimizerSpec(rule(), droWeightDecay, droAdamBeta1, droAdamBeta2, droEpsilon))
        .weightEma(weightEma)
        .rmspropAlpha(droRmspropAlpha)
        .stepSize(reweightEta)
        .schedule(
            new ScheduleSpec(droLrSchedulerType, droWarmupSteps, droWarmupRatio, run.minLrRatio()))
        .normalizeEveryUpdate(normalizeWeightsOnEveryUpdate)
        .ema(ema)
        .build();
  }

  private LossMeasure measure(boolean referenceLosses) {
    return referenceLosses
        ? new LossMeasure(
            LossMeasure.Kind.PER_ROW,
            normalizeGroupLossScaleWithRefLoss,
            groupLossMinusRefLoss,
            pNormOfRefLoss)
        : LossMeasure.raw();
  }

  private GradientClip clip() {
    if (droApplyGradNorm) {
      return GradientClip.byNorm(droMaxGradNorm);
    }
    return droApplyGradClip ? GradientClip.byValue(droMaxGradNorm) : GradientClip.none();
  }

  private OptimizerSpec.Rule rule() {
    return switch (droOptimizer) {
      case SGD -> OptimizerSpec.Rule.SGD;
      case ADAMW_TORCH -> OptimizerSpec.Rule.ADAMW;
      case ADAGRAD -> OptimizerSpec.Rule.ADAGRAD;
      case RMSPROP -> OptimizerSpec.Rule.RMSPROP;
    };
  }
}
