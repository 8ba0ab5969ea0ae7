package org.tdro.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.config.Default;
import org.tdro.config.Inline;
import org.tdro.config.InputFile;
import org.tdro.config.KeyOrder;
import org.tdro.io.Checks;
import org.tdro.keras.ScheduleSpec;
import org.tdro.keras.optimizers.OptimizerSpec;
import org.tdro.mixing.SizeShares;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.GradientClip;
import org.tdro.mixing.tdro.LossMeasure;

/**
 * Settings by which domain weights are learned, in stage dro.
 *
 * @param method method that learns them
 * @param learning settings of tDRO; the other methods use its measure, η and share of the moving average
 * @param smoothing DoReMi's share of the uniform mixture; absent for the other methods
 * @param onlineEvery number of steps after which the sampler takes over the learned weights, so that rows are drawn by them and have
 *     equal weights in the loss; 0 for never: rows are drawn by {@code data.weights} and weighed by the learned weights
 * @param topPercents percentages P of the selections to write, which keep the P percent of the domains with the largest weights
 * @param initialWeights {@link SizeShares} or a weights file
 * @param reference folder of a run of stage reference, or another retriever; needed unless the measure uses no reference losses
 * @param crossFit whether reference and proxy are trained on different halves of each domain
 */
@KeyOrder({
  "method",
  "measure",
  "normalize-by-reference",
  "subtract-reference",
  "reference-norm",
  "step-size",
  "optimizer",
  "weight-ema",
  "weight-decay",
  "epsilon",
  "beta1",
  "beta2",
  "rmsprop-alpha",
  "clip",
  "max-grad-norm",
  "schedule",
  "warmup-steps",
  "warmup-ratio",
  "min-ratio",
  "normalize-every-update",
  "floor",
  "trust-region",
  "ema",
  "smoothing",
  "online-every",
  "top-percents",
  "initial-weights",
  "reference",
  "cross-fit"
})
public record DroConfig(
    @Default("tdro") Method method,
    @Inline DomainWeightOptions learning,
    @Default("") Optional<Double> smoothing,
    @Default("0") int onlineEvery,
    List<Integer> topPercents,

    @InputFile(value = InputFile.Kind.FILE, words = SizeShares.FORMS)
    String initialWeights,

    @InputFile(InputFile.Kind.FOLDER) Optional<Path> reference,
    boolean crossFit) {

  /** The methods that learn the weights. */
  public enum Method {
    /** tDRO: an optimizer moves the log-weights along the measures of the domains. */
    TDRO("curr"),
    /** Group DRO: exponentiated gradient of the domains' losses. */
    GROUP_DRO("curr"),
    /** DoReMi: exponentiated gradient of the domains' losses above the reference's, smoothed. */
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

  public DroConfig {
    var measure = learning.measure();
    new Checks()
        .that(
            method == Method.TDRO
                || (learning.optimizer().rule() == OptimizerSpec.Rule.SGD
                    && !learning.weightEma()
                    && learning.optimizer().weightDecay() == 0
                    && learning.clip().kind() == GradientClip.Kind.NONE
                    && learning.schedule().kind() == ScheduleSpec.Kind.CONSTANT
                    && !learning.bounds().bind()),
            "optimizer must be sgd, weightEma false, weightDecay 0, clip none, schedule constant, floor 0 and trustRegion 0 where method is not tdro; see dro=group-dro and dro=doremi")
        .that(
            method != Method.GROUP_DRO || measure.equals(LossMeasure.raw()),
            "measure must be per-row, without the reference, where method is group-dro; see dro=group-dro")
        .that(
            method != Method.DOREMI || measure.equals(LossMeasure.excess()),
            "measure must be per-row with subtract-reference alone where method is doremi; see dro=doremi")
        .that(
            smoothing.isPresent() == (method == Method.DOREMI),
            "smoothing belongs to method doremi, and to no other; see dro=doremi")
        .fraction("smoothing", smoothing.orElse(0.0))
        .atLeast(0, "onlineEvery", onlineEvery)
        .that(
            topPercents.stream().allMatch(percent -> percent >= 1 && percent <= 100),
            "topPercents must be from 1 to 100, were " + topPercents)
        .that(
            DataConfig.wrongShares(initialWeights).isEmpty(),
            DataConfig.wrongShares(initialWeights).replaceFirst("^weights", "initialWeights"))
        .done();
  }

  /** Returns whether the measure uses reference losses. */
  public boolean needsReference() {
    return learning.measure().needsReference();
  }
}
