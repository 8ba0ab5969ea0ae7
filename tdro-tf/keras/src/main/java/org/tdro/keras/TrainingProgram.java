package org.tdro.keras;

/** A training step as runs of the graph. */
public interface TrainingProgram {

  /**
   * Runs one micro-batch; the caller moves the model's step count.
   *
   * @param microBatch its number within the update, from 0; the last one moves the weights
   * @param microBatches of one update
   */
  Logs run(Batch batch, int microBatch, int microBatches);

  /** Returns the seconds that an update of the weights takes, as last measured. */
  double updateSeconds();
}
