package org.tdro.keras;

/**
 * Watches training, with the hooks and names of Keras. Steps are updates of the weights and count from 1. An exception
 * that a hook throws ends {@code fit}.
 */
public interface Callback {
  /** Called before any other hook of any callback: the place to restore the model from a checkpoint. */
  default void onRestore(Model model) {}

  /**
   * Called before the first step, when the model is in the state in which training begins or continues.
   *
   * @param options as given to {@code fit}, with the steps per epoch filled in
   */
  default void onTrainBegin(Model model, FitOptions options) {}

  /** Called after the last step, also when training was stopped early. */
  default void onTrainEnd(Model model, Logs logs) {}

  /** Called before the first step of an epoch, which counts from 0; again for the same epoch where training resumes within it. */
  default void onEpochBegin(Model model, long epoch) {}

  /** Called after the last step of an epoch; the logs hold {@code val_…} where there are validation data. */
  default void onEpochEnd(Model model, long epoch, Logs logs) {}

  /** Called before a step. */
  default void onTrainBatchBegin(Model model, long step) {}

  /** Called after a step. */
  default void onTrainBatchEnd(Model model, long step, Logs logs) {}

  /**
   * Called after every callback has seen the step and the epoch that may have ended with it. Only here is the state of the run complete,
   * so this is where checkpoints are written, whatever the order of the callbacks.
   */
  default void onCheckpoint(Model model, long step) {}

  /**
   * Called when a step failed or a callback threw, before the exception leaves {@code fit}: close what is open. The weights may
   * be anything; {@link #onTrainBegin} may not have been called.
   */
  default void onTrainFailed(Model model, RuntimeException failure) {}
}
