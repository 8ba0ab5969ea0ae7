package org.tdro.keras;

/** Watches training, with the hooks and names of Keras. Steps are updates of the weights and count from 1. */
public interface Callback {
  /** Before the first step; the model may still be restored from a checkpoint here. */
  default void onTrainBegin(Model model, FitOptions options) {}

  /** After the last step, also when training was stopped early. */
  default void onTrainEnd(Model model, Logs logs) {}

  /** Before the first step of an epoch, which counts from 0. */
  default void onEpochBegin(Model model, long epoch) {}

  /** After the last step of an epoch; the logs hold {@code val_…} where there are validation data. */
  default void onEpochEnd(Model model, long epoch, Logs logs) {}

  /** Before a step. */
  default void onTrainBatchBegin(Model model, long step) {}

  /** After a step. */
  default void onTrainBatchEnd(Model model, long step, Logs logs) {}

  /** When a step failed or a callback threw, before the exception leaves {@code fit}: close what is open. */
  default void onTrainFailed(Model model, RuntimeException failure) {}
}
