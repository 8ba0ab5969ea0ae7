package org.tdro.training.config;

import org.tdro.config.Default;
import org.tdro.config.Incidental;
import org.tdro.config.Inline;
import org.tdro.config.KeyOrder;
import org.tdro.io.Checks;
import org.tdro.keras.ComputeType;
import org.tdro.keras.Optimizer;
import org.tdro.keras.ScheduleSpec;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.keras.optimizers.OptimizerSpec;

/**
 * Settings of the training loop.
 *
 * @param steps updates of the model
 * @param batchSize rows of a micro-batch
 * @param accumulationSteps micro-batches of an update
 * @param lengthGroups groups of like length in which the queries and the passages of a micro-batch are encoded, each padded to its own
 *     longest text only; 1 for all with the same padding
 * @param chunkSize texts that are encoded at a time, sorted by length, so that only their activations are in memory; each text is
 *     encoded once more for its gradient. 0 for all texts of a micro-batch at once
 * @param gradientCheckpointing whether layers keep only their inputs in memory and are run again in the backward pass:
 *     less memory, about 1.4 times the time
 * @param precision precision of the encoder's matrix products; weights and optimizer are in single precision
 * @param rule update rule and its settings
 * @param learningRate peak of the learning rate
 * @param schedule course of the learning rate
 * @param maxGradNorm largest global norm of the gradient; 0 for no clipping
 * @param saveEvery updates between checkpoints
 * @param logEvery updates between lines of the log
 * @param traceEvery updates between traces of TensorFlow's profiler, which time the update of the weights; 0 for none
 * @param progress form in which progress is shown
 * @param keep the model of the run that is kept
 * @param tensorboard whether event files for TensorBoard are written, too
 */
@KeyOrder({
  "steps",
  "batch-size",
  "accumulation-steps",
  "length-groups",
  "chunk-size",
  "gradient-checkpointing",
  "precision",
  "optimizer",
  "learning-rate",
  "schedule",
  "warmup-steps",
  "warmup-ratio",
  "min-ratio",
  "weight-decay",
  "beta1",
  "beta2",
  "epsilon",
  "max-grad-norm",
  "save-every",
  "log-every",
  "trace-every",
  "progress",
  "keep",
  "tensorboard"
})
public record TrainConfig(
    int steps,
    int batchSize,
    int accumulationSteps,
    @Default("1") int lengthGroups,
    int chunkSize,
    boolean gradientCheckpointing,
    ComputeType precision,
    @Inline OptimizerSpec rule,
    double learningRate,
    @Inline ScheduleSpec schedule,
    double maxGradNorm,
    @Incidental int saveEvery,
    @Incidental int logEvery,
    @Incidental @Default("0") int traceEvery,
    @Incidental ProgressBar.Mode progress,
    @Default("last") Keep keep,
    @Incidental @Default("false") boolean tensorboard) {

  /** The model that is kept of all that a run goes through. */
  public enum Keep {
    /** That after the last step. */
    LAST,
    /** The one with the best mean on the development queries, the first of equals. */
    BEST
  }

  public TrainConfig {
    new Checks()
        .atLeast(1, "steps", steps)
        .atLeast(1, "batchSize", batchSize)
        .atLeast(1, "accumulationSteps", accumulationSteps)
        .atLeast(1, "lengthGroups", lengthGroups)
        .that(
            lengthGroups == 1 || lengthGroups <= batchSize,
            "lengthGroups must be at most batch-size, %d, was %d"
                .formatted(batchSize, lengthGroups))
        .that(
            lengthGroups == 1 || chunkSize == 0,
            "lengthGroups must be 1 with chunk-size, whose chunks hold texts of like length already, was "
                + lengthGroups)
        .atLeast(0, "chunkSize", chunkSize)
        .positive("learningRate", learningRate)
        .notNegative("maxGradNorm", maxGradNorm)
        .atLeast(1, "saveEvery", saveEvery)
        .atLeast(1, "logEvery", logEvery)
        .atLeast(0, "traceEvery", traceEvery)
        .done();
  }

  /** Returns a new optimizer of the model's weights. */
  public Optimizer optimizer() {
    return rule.create(schedule.over(steps, learningRate))
        .globalClipNorm((float) maxGradNorm)
        .gradientAccumulationSteps(accumulationSteps);
  }
}
