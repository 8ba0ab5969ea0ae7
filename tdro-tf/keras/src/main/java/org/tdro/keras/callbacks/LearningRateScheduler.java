package org.tdro.keras.callbacks;

import java.util.function.LongToDoubleFunction;
import org.tdro.keras.Callback;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Model;

/** Sets the learning rate of each epoch. */
public final class LearningRateScheduler implements Callback {
  private final LongToDoubleFunction schedule;

  /** @param schedule from the number of the epoch, from 0, to its learning rate */
  public LearningRateScheduler(LongToDoubleFunction schedule) {
    this.schedule = schedule;
  }

  @Override
  public void onEpochBegin(Model model, long epoch) {
    model.optimizer().setLearningRate(LearningRateSchedule.constant(schedule.applyAsDouble(epoch)));
  }
}
