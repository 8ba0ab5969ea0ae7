package org.tdro.keras.callbacks;

import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;

/**
 * A log of the epochs by which they are compared.
 *
 * @param log its name, such as {@code val_loss}
 * @param mode whether small or large values are good
 */
public record Monitor(String log, Mode mode) {
  /** The direction in which a value improves. */
  public enum Mode {
    MIN,
    MAX
  }

  /** Small values are good. */
  public static Monitor min(String log) {
    return new Monitor(log, Mode.MIN);
  }

  /** Large values are good. */
  public static Monitor max(String log) {
    return new Monitor(log, Mode.MAX);
  }

  /** @throws IllegalArgumentException if the log is one of validation and there are no data for it */
  void check(FitOptions options) {
    if (log.startsWith("val_") && options.validation().isEmpty()) {
      throw new IllegalArgumentException(
          "there will be no log " + log + " to monitor: the options have no validation data");
    }
  }

  /** @throws IllegalArgumentException naming the logs that there are, if this is none of them */
  double value(Logs logs) {
    var value = logs.scalars().get(log);
    if (value == null) {
      throw new IllegalArgumentException(
          "there is no log " + log + " to monitor; there are " + logs.scalars().keySet());
    }
    return value;
  }

  /** Returns the value on which every other improves. */
  double worst() {
    return mode == Mode.MIN ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /** Whether {@code value} is better than {@code best} by more than {@code minDelta}; NaN never is. */
  boolean improves(double value, double best, double minDelta) {
    return mode == Mode.MIN ? value < best - minDelta : value > best + minDelta;
  }
}
