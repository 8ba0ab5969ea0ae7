package org.tdro.keras;

/** A training step as runs of the graph. */
interface TrainingProgram {

  /** The program of {@code step}, in one run a micro-batch unless the model encodes in chunks. */
  static TrainingProgram of(Model model, GradientTape tape, TrainStep step) {
    return model.encodings() instanceof ChunkedEncodings chunked
        ? ChunkedProgram.of(model, tape, step, chunked)
        : OneRunProgram.of(model, tape, step);
  }

  /** Runs one micro-batch; the model's step count is the caller's to move. */
  Logs run(Batch batch, int microBatch, int microBatches);

  /** Seconds that an update of the weights takes, as last measured. */
  double updateSeconds();
}
