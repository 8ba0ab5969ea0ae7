package org.tdro.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.config.Inline;
import org.tdro.config.InputFile;
import org.tdro.config.KeyOrder;
import org.tdro.io.Checks;
import org.tdro.mixing.tdro.DomainWeightOptions;

/**
 * Learning of domain weights (stage dro).
 *
 * @param learning how the weights are learned
 * @param topPercents dataset selections to write: the best P percent of the domains
 * @param initialWeights {@code uniform} or a weights file
 * @param reference folder of a run of stage reference; needed in stage dro unless the measure uses no reference losses
 * @param crossFit whether reference and proxy are trained on different halves of each domain
 */
@KeyOrder({
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
  "ema",
  "top-percents",
  "initial-weights",
  "reference",
  "cross-fit"
})
public record DroConfig(
    @Inline DomainWeightOptions learning,
    List<Integer> topPercents,
    @InputFile(except = DataConfig.UNIFORM) String initialWeights,
    @InputFile Optional<Path> reference,
    boolean crossFit) {

  public DroConfig {
    new Checks()
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
    return learning.measure().needsReference();
  }
}
