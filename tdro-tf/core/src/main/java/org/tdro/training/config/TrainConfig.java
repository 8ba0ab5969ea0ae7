package org.tdro.training.config;

import org.tdro.config.Incidental;
import org.tdro.io.Checks;

/**
 * The training loop.
 *
 * @param steps updates of the model
 * @param batchSize rows of a micro-batch
 * @param accumulationSteps micro-batches an update
 * @param chunkSize texts that are encoded at a time, sorted by length: the rest of a micro-batch needs no memory for its
 *     activations, and each text is encoded once more for its gradient; 0 for all at once
 * @param gradientCheckpointing whether layers keep only their inputs in memory and are run again in the backward pass:
 *     less memory, about 1.4 times the time
 * @param precision of the products of matrices in the encoder; weights and optimizer are in single precision
 * @param optimizer update rule
 * @param learningRate the peak
 * @param schedule how the rate moves
 * @param warmupSteps updates until the peak; 0 to go by {@code warmupRatio}
 * @param warmupRatio share of all updates until the peak
 * @param minRatio rate of the last update, as a share of the peak
 * @param weightDecay decoupled decay of matrices
 * @param beta1 decay of AdamW's mean gradient
 * @param beta2 decay of AdamW's mean squared gradient
 * @param epsilon what the optimizer adds to denominators
 * @param maxGradNorm largest global norm of the gradient; 0 for no clipping
 * @param saveEvery updates between checkpoints
 * @param logEvery updates between lines of the log
 * @param progress how progress is shown
 */
public record TrainConfig(
    int steps,
    int batchSize,
    int accumulationSteps,
    int chunkSize,
    boolean gradientCheckpointing,
    Precision precision,
    OptimizerKind optimizer,
    double learningRate,
    ScheduleKind schedule,
    int warmupSteps,
    double warmupRatio,
    double minRatio,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double maxGradNorm,
    @Incidental int saveEvery,
    @Incidental int logEvery,
    @Incidental Progress progress) {

  /** Types of the products of matrices. */
  public enum Precision {
    /** Single precision. */
    FLOAT32,
    /** Half the bits; fast where the processor or GPU has instructions for it, see {@code tdro doctor}. */
    MIXED_BFLOAT16
  }

  /** How progress is shown. */
  public enum Progress {
    /** A bar on a terminal, lines elsewhere. */
    AUTO,
    /** A bar. */
    BAR,
    /** A line now and then. */
    LINES,
    /** Nothing. */
    NONE
  }

  public TrainConfig {
    new Checks()
        .atLeast(1, "steps", steps)
        .atLeast(1, "batchSize", batchSize)
        .atLeast(1, "accumulationSteps", accumulationSteps)
        .atLeast(0, "chunkSize", chunkSize)
        .positive("learningRate", learningRate)
        .atLeast(0, "warmupSteps", warmupSteps)
        .fraction("warmupRatio", warmupRatio)
        .fraction("minRatio", minRatio)
        .notNegative("weightDecay", weightDecay)
        .rate("beta1", beta1)
        .rate("beta2", beta2)
        .positive("epsilon", epsilon)
        .notNegative("maxGradNorm", maxGradNorm)
        .atLeast(1, "saveEvery", saveEvery)
        .atLeast(1, "logEvery", logEvery)
        .done();
  }
}
