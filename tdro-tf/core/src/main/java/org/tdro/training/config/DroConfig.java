package org.tdro.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.config.InputFile;
import org.tdro.io.Checks;

/**
 * How domain weights are learned (stage dro). In tDRO, with proxy losses ℓ and reference losses r, the measure M_g of domain g, which is the
 * gradient of its weight, is either the ratio of the means of ℓ and r over the rows of g, or the mean over the rows of
 * {@code max(0, (ℓ - r) / r)}, where {@code subtractReference} leaves {@code - r} and {@code normalizeByReference} {@code / r} in place.
 *
 * @param method what learns
 * @param measure which of the two
 * @param normalizeByReference per row: divide by the reference loss
 * @param subtractReference per row: subtract the reference loss, before dividing
 * @param referenceNorm per row: the divisors of a batch are divided by their p-norm with this p; 0 for off
 * @param stepSize η, the rate of the weights' updates
 * @param optimizer update rule on the log-weights, ascending
 * @param weightEma SGD with momentum {@code ema} and dampening {@code 1 - ema}
 * @param weightDecay of the log-weights
 * @param epsilon what the optimizer adds to denominators
 * @param beta1 decay of AdamW's mean gradient
 * @param beta2 decay of AdamW's mean squared gradient
 * @param rmspropAlpha decay of RMSprop's mean squared gradient
 * @param clip how the gradient is limited
 * @param maxGradNorm limit of the gradient's norm, or of each of its values
 * @param schedule how η moves
 * @param warmupSteps updates until η is reached; 0 to go by {@code warmupRatio}
 * @param warmupRatio share of all updates until η is reached
 * @param minRatio η of the last update, as a share of the peak
 * @param normalizeEveryUpdate log-weights are replaced by the logarithm of their softmax after each update
 * @param ema share of the newest weights in their exponential moving average
 * @param smoothing DoReMi's share of the uniform mixture; absent in the other methods
 * @param onlineEvery steps after which the sampler follows the weights as they are then, rows being weighed alike; 0 for never
 * @param topPercents dataset selections to write: the best P percent of the domains
 * @param initialWeights {@code uniform} or a weights file
 * @param reference folder of a run of stage reference; needed in stage dro unless the measure uses no reference losses
 * @param crossFit whether reference and proxy are trained on different halves of each domain
 */
public record DroConfig(
    Method method,
    Measure measure,
    boolean normalizeByReference,
    boolean subtractReference,
    int referenceNorm,
    double stepSize,
    OptimizerKind optimizer,
    boolean weightEma,
    double weightDecay,
    double epsilon,
    double beta1,
    double beta2,
    double rmspropAlpha,
    Clip clip,
    double maxGradNorm,
    ScheduleKind schedule,
    int warmupSteps,
    double warmupRatio,
    double minRatio,
    boolean normalizeEveryUpdate,
    double ema,
    Optional<Double> smoothing,
    int onlineEvery,
    List<Integer> topPercents,
    @InputFile(except = DataConfig.UNIFORM) String initialWeights,
    @InputFile Optional<Path> reference,
    boolean crossFit) {

  /** What learns the weights. */
  public enum Method {
    /** An optimizer on the log-weights, which ascends the measures of the domains. */
    TDRO("curr"),
    /** Group DRO: exponentiated gradient on the domains' losses. */
    GROUP_DRO("curr"),
    /** DoReMi: exponentiated gradient on the domains' losses above the reference's, smoothed. */
    DOREMI("mean");

    private final String result;

    Method(String result) {
      this.result = result;
    }

    /** Returns the name of the weighting that the method calls its result. */
    public String result() {
      return result;
    }
  }

  /** Where the mean over rows is taken. */
  public enum Measure {
    /** Mean proxy loss of the domain divided by its mean reference loss. */
    RATIO_OF_MEANS,
    /** Rows are measured one by one, then averaged over the domain. */
    PER_ROW
  }

  /** How the gradient of the weights is limited. */
  public enum Clip {
    /** Scaled down to the largest norm. */
    NORM,
    /** Each value cut to the limit, on both sides. */
    VALUE,
    /** Not at all. */
    NONE
  }

  public DroConfig {
    new Checks()
        .that(
            measure == Measure.PER_ROW || normalizeByReference,
            "normalizeByReference must be true where measure is ratio-of-means; see dro=raw and dro=excess")
        .that(
            measure == Measure.PER_ROW || !subtractReference,
            "subtractReference must be false where measure is ratio-of-means; see dro=excess")
        .that(
            measure == Measure.PER_ROW || referenceNorm == 0,
            "referenceNorm must be 0 where measure is ratio-of-means; see dro=reference-code")
        .that(
            method == Method.TDRO
                || optimizer == OptimizerKind.SGD
                    && !weightEma
                    && weightDecay == 0
                    && clip == Clip.NONE
                    && schedule == ScheduleKind.CONSTANT,
            "optimizer must be sgd, weightEma false, weightDecay 0, clip none and schedule constant where method is not tdro; see dro=group-dro and dro=doremi")
        .that(
            method != Method.GROUP_DRO
                || measure == Measure.PER_ROW && !normalizeByReference && !subtractReference,
            "measure must be per-row, without the reference, where method is group-dro; see dro=group-dro")
        .that(
            method != Method.DOREMI
                || measure == Measure.PER_ROW
                    && !normalizeByReference
                    && subtractReference
                    && referenceNorm == 0,
            "measure must be per-row with subtractReference alone where method is doremi; see dro=doremi")
        .that(
            smoothing.isPresent() == (method == Method.DOREMI),
            "smoothing belongs to method doremi, and to no other; see dro=doremi")
        .fraction("smoothing", smoothing.orElse(0.0))
        .atLeast(0, "onlineEvery", onlineEvery)
        .atLeast(0, "referenceNorm", referenceNorm)
        .positive("stepSize", stepSize)
        .notNegative("weightDecay", weightDecay)
        .positive("epsilon", epsilon)
        .rate("beta1", beta1)
        .rate("beta2", beta2)
        .rate("rmspropAlpha", rmspropAlpha)
        .positive("maxGradNorm", maxGradNorm)
        .atLeast(0, "warmupSteps", warmupSteps)
        .fraction("warmupRatio", warmupRatio)
        .fraction("minRatio", minRatio)
        .fraction("ema", ema)
        .that(
            topPercents.stream().allMatch(percent -> percent >= 1 && percent <= 100),
            "topPercents must be from 1 to 100, were " + topPercents)
        .that(
            !initialWeights.isBlank(),
            "initialWeights must be uniform or a weights file, was empty")
        .done();
  }

  /** Whether the measure is made of reference losses at all. */
  public boolean needsReference() {
    return normalizeByReference || subtractReference;
  }
}
