package org.tdro.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.config.InputFile;
import org.tdro.io.Checks;

/**
 * Low-rank adapters: the weights of {@code model.path} stay as they are and small matrices beside its maps are trained.
 *
 * @param rank width between the two matrices of an adapter; 0 to train all weights instead
 * @param alpha adapters count {@code alpha / rank} times
 * @param dropout share of an adapter's inputs set to 0 in training
 * @param adapter PEFT's folder of adapters that training starts from, of this rank, alpha and target modules; absent to start from
 *     none, B being zero
 * @param targetModules the maps that get one, by the last part of their names in the checkpoint
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    @InputFile Optional<Path> adapter,
    List<String> targetModules) {
  public LoraConfig {
    new Checks()
        .atLeast(0, "rank", rank)
        .positive("alpha", alpha)
        .rate("dropout", dropout)
        .that(
            rank == 0 || !targetModules.isEmpty(),
            "targetModules must name at least one where rank is above 0")
        .that(
            rank > 0 || adapter.isEmpty(),
            "adapter must be absent where rank is 0: give model.lora.rank as its adapter_config.json does")
        .done();
  }
}
