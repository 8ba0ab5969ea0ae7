package org.tdro.keras.callbacks;

import java.util.Map;
import org.tdro.io.Checks;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;

/** Counts the epochs since a monitored log was best. */
final class Patience {
  private final Monitor monitor;
  private int epochs;
  private double minDelta;

  private double best;
  private int waited;

  /** Waits for so many epochs; what counts as an improvement is more than {@code minDelta}. */
  Patience(Monitor monitor, int epochs, double minDelta) {
    this.monitor = monitor;
    this.epochs = epochs;
    this.minDelta = minDelta;
    this.best = monitor.worst();
  }

  /** Refuses a training that will not log what is monitored. */
  void check(FitOptions options) {
    monitor.check(options);
  }

  void setEpochs(int epochs) {
    this.epochs = epochs;
  }

  void setMinDelta(double minDelta) {
    new Checks().notNegative("minDelta", minDelta).done();
    this.minDelta = minDelta;
  }

  /** Takes an epoch's logs; whether they improve on the best ones. */
  boolean improves(Logs logs) {
    double value = monitor.value(logs);
    if (monitor.improves(value, best, minDelta)) {
      best = value;
      waited = 0;
      return true;
    }
    waited++;
    return false;
  }

  /** Whether there were as many epochs without improvement as are waited for. */
  boolean isOver() {
    return waited >= epochs;
  }

  /** Counts from nothing again; the best value stays. */
  void restart() {
    waited = 0;
  }

  Map<String, String> state() {
    return Map.of("best", Double.toString(best), "waited", Integer.toString(waited));
  }

  void restore(Map<String, String> state) {
    best = Double.parseDouble(state.get("best"));
    waited = Integer.parseInt(state.get("waited"));
  }
}
