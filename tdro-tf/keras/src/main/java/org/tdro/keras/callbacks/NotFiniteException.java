package org.tdro.keras.callbacks;

import java.util.Arrays;
import java.util.List;

/** A log became NaN or infinite. */
public final class NotFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 2;

  private final long step;
  private final String log;
  private final double value;
  private final int[] elements;

  /**
   * An exception for the value that {@code log} had at {@code step}.
   *
   * @param elements where a vector that is watched with it was not finite, from 0; none if no vector is watched
   */
  NotFiniteException(long step, String log, double value, int... elements) {
    super("training stopped: " + log + " is " + value + " at step " + step);
    this.step = step;
    this.log = log;
    this.value = value;
    this.elements = elements.clone();
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }

  /** The name of the log. */
  public String log() {
    return log;
  }

  /** Returns the value of the log. */
  public double value() {
    return value;
  }

  /** Returns the elements, from 0, of the vector of {@link TerminateOnNaN#locatedBy} that were not finite. */
  public List<Integer> elements() {
    return Arrays.stream(elements).boxed().toList();
  }
}
