package org.tdro.keras.callbacks;

/** A log became NaN or infinite. */
public final class NotFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  private final long step;
  private final String log;

  /** For the value that {@code log} had at {@code step}. */
  public NotFiniteException(long step, String log, double value) {
    super("training stopped: " + log + " is " + value + " at step " + step);
    this.step = step;
    this.log = log;
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }

  /** The name of the log. */
  public String log() {
    return log;
  }
}
