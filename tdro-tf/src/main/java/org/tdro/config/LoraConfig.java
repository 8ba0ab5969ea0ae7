package org.tdro.config;

import java.util.List;

/**
 * Low-rank adapters: the weights of {@code model.path} stay as they are and small matrices beside its maps are trained.
 *
 * @param rank width between the two matrices of an adapter; 0 to train all weights instead
 * @param alpha adapters count {@code alpha / rank} times
 * @param dropout share of an adapter's inputs set to 0 in training
 * @param targetModules the maps that get one, by the last part of their names in the checkpoint
 */
public record LoraConfig(int rank, double alpha, double dropout, List<String> targetModules) {
  public LoraConfig {
    new Checks()
        .atLeast(0, "rank", rank)
        .positive("alpha", alpha)
        .decay("dropout", dropout)
        .that(
            rank == 0 || !targetModules.isEmpty(),
            "targetModules must name at least one where rank is above 0")
        .done();
  }
}
