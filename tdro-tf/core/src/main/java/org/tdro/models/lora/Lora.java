package org.tdro.models.lora;

import java.util.List;
import org.tdro.io.Checks;

/**
 * Low-rank adaptation (Hu et al. 2022): a frozen map W becomes W + (α / r)·A·B with trained A {@code [in, r]} and B
 * {@code [r, out]}.
 *
 * @param rank r; 0 for no adaptation
 * @param alpha α
 * @param dropout share of the inputs of A set to 0 in training
 * @param targetModules last parts of the names of the maps that are adapted, such as {@code q_proj}
 */
public record Lora(int rank, double alpha, float dropout, List<String> targetModules) {
  /** No adaptation: every weight is trained. */
  public static final Lora NONE = new Lora(0, 1, 0, List.of());

  public Lora {
    targetModules = List.copyOf(targetModules);
    new Checks()
        .atLeast(0, "rank", rank)
        .positive("alpha", alpha)
        .rate("dropout", dropout)
        .that(
            rank == 0 || !targetModules.isEmpty(),
            "targetModules must name at least one where rank is above 0")
        .done();
  }

  /** Whether it adapts anything. */
  public boolean adapts() {
    return rank > 0;
  }

  /** Returns α / r. */
  public float scale() {
    return (float) (alpha / rank);
  }
}
