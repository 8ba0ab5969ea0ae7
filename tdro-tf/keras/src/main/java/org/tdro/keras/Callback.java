package org.tdro.keras;

/**
 * Watches training, with the hooks and names of Keras. Steps are updates of the weights and count from 1. An exception
 * that a hook throws ends {@code fit}.
 */
public interface Callback {
  /** Before any other hook of any callback: the place to restore the model from a checkpoint. */
  default void onRestore(Model model) {}

  /**
   * Before the first step, when the model stands where training begins or goes on.
   *
   * @param options as given to {@code fit}, with the steps per epoch filled in
   */
  default void onTrainBegin(Model model, FitOptions options) {}

  /** After the last step, also when training was stopped early. */
  default void onTrainEnd(Model model, Logs logs) {}

  /** Before the first step of an epoch, which counts from 0; when training resumes within an epoch, once more for it. */
  default void onEpochBegin(Model model, long epoch) {}

  /** After the last step of an epoch; the logs hold {@code val_…} where there are validation data. */
  default void onEpochEnd(Model model, long epoch, Logs logs) {}

  /** Before a step. */
  default void onTrainBatchBegin(Model model, long step) {}

  /** After a step. */
  default void onTrainBatchEnd(Model model, long step, Logs logs) {}

  /**
   * After every callback has seen the step and the epoch that may have ended with it. Only here is the run's state whole,
   * so this is where checkpoints are written, whatever the order of the callbacks.
   */
  default void onCheckpoint(Model model, long step) {}

  /**
   * When a step failed or a callback threw, before the exception leaves {@code fit}: close what is open. The weights may
   * be anything; {@link #onTrainBegin} may not have been called.
   */
  default void onTrainFailed(Model model, RuntimeException failure) {}
}
