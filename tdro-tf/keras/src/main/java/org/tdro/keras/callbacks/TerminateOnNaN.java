package org.tdro.keras.callbacks;

import java.util.List;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/** Ends training with a {@link NotFiniteException} when a log is NaN or infinite; that step is not saved. */
public final class TerminateOnNaN implements Callback {
  private final List<String> logs;

  /** Watches the log {@code loss}. */
  public TerminateOnNaN() {
    this("loss");
  }

  /** Watches these scalar logs, as far as a step has them. */
  public TerminateOnNaN(String... logs) {
    this.logs = List.of(logs);
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    for (var log : this.logs) {
      var value = logs.scalars().get(log);
      if (value != null && !Double.isFinite(value)) {
        throw new NotFiniteException(step, log, value);
      }
    }
  }
}
