package org.tdro.training.config;

import java.util.List;
import org.tdro.io.Checks;

/**
 * The contrastive loss of a row. In stage dro, proxy and reference are measured by the same one.
 *
 * @param temperature scores are divided by it
 * @param negatives the passages that a row's positive is compared with
 * @param hardOnlyDomains domains whose rows see only their own passages even where others see the batch
 * @param matryoshkaDimensions sizes below that of the embedding; the loss is the mean of those of embeddings cut to each of them
 *     and of whole ones
 * @param matryoshkaWeights of that mean: one for each of {@code matryoshkaDimensions} and a last one for the whole; empty for all alike
 * @param distillation learning from a cross-encoder's scores
 */
public record LossConfig(
    double temperature,
    Negatives negatives,
    List<String> hardOnlyDomains,
    List<Integer> matryoshkaDimensions,
    List<Double> matryoshkaWeights,
    DistillationConfig distillation) {

  /** What stands against the positive. */
  public enum Negatives {
    /** All passages of the batch. */
    IN_BATCH,
    /** The row's own passages. */
    HARD_ONLY
  }

  public LossConfig {
    new Checks()
        .positive("temperature", temperature)
        .that(
            matryoshkaDimensions.stream().allMatch(dimension -> dimension >= 1)
                && matryoshkaDimensions.stream().distinct().count() == matryoshkaDimensions.size(),
            "matryoshkaDimensions must be distinct and at least 1, were " + matryoshkaDimensions)
        .that(
            matryoshkaWeights.stream().allMatch(weight -> weight > 0 && Double.isFinite(weight)),
            "matryoshkaWeights must be above 0, were " + matryoshkaWeights)
        .that(
            matryoshkaWeights.isEmpty()
                || (!matryoshkaDimensions.isEmpty()
                    && matryoshkaWeights.size() == matryoshkaDimensions.size() + 1),
            "matryoshkaWeights must be one for each of matryoshka-dimensions = "
                + matryoshkaDimensions + " and a last one for the whole, were "
                + matryoshkaWeights)
        .done();
  }
}
