package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows of a step and the time that they took; of an epoch, the means over its steps.
 *
 * @param rows of all micro-batches
 * @param inputSeconds waited for batches
 * @param stepSeconds computed, the update included
 * @param updateSeconds that an update of the weights takes, as last measured; 0 unless {@link Model#traceUpdates} is on
 */
public record Timings(double rows, double inputSeconds, double stepSeconds, double updateSeconds) {
  /** Name of the column of {@link #inputSeconds}. */
  public static final String INPUT_SECONDS = "input_seconds";

  /** Name of the column of {@link #stepSeconds}. */
  public static final String STEP_SECONDS = "step_seconds";

  /** Timings where nothing was timed. */
  static final Timings NONE = new Timings(0, 0, 0, 0);

  /** Returns the values by the names of their columns in files. */
  public Map<String, Double> columns() {
    var columns = new LinkedHashMap<String, Double>();
    columns.put("rows", rows);
    columns.put(INPUT_SECONDS, inputSeconds);
    columns.put(STEP_SECONDS, stepSeconds);
    columns.put("update_seconds", updateSeconds);
    return columns;
  }

  Timings plus(Timings other) {
    return new Timings(
        rows + other.rows,
        inputSeconds + other.inputSeconds,
        stepSeconds + other.stepSeconds,
        updateSeconds + other.updateSeconds);
  }

  Timings dividedBy(double steps) {
    return new Timings(
        rows / steps, inputSeconds / steps, stepSeconds / steps, updateSeconds / steps);
  }
}
