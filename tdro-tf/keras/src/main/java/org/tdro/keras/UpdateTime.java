package org.tdro.keras;

import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;

/**
 * The duration of the update of the weights at the end of a step. A step is one run of the graph, so it is read off one of
 * TensorFlow's traces, which slow a step down: only some steps are traced, and the last measured value holds until the next.
 */
final class UpdateTime {
  /** Operations of the update have names under this, see {@link TrainingProgram}. */
  static final String SCOPE = "update";

  private static final RunOptions TRACE =
      RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();

  private boolean measured;
  private double seconds;

  /**
   * Runs a micro-batch that updates, traced if it is time for it.
   *
   * @param everySteps 0 for never
   */
  Result run(Session.Runner runner, long step, long everySteps) {
    if (everySteps == 0 || (measured && step % everySteps != 0)) {
      return runner.run();
    }
    var result = runner.setOptions(TRACE).runAndFetchMetadata();
    result.getMetadata().ifPresent(trace -> seconds = seconds(trace));
    measured = true;
    return result;
  }

  /** Seconds of the last update that was measured. */
  double seconds() {
    return seconds;
  }

  /** Returns the time from the first operation of the update to the end of the last: updates wait for everything else of a step. */
  private static double seconds(RunMetadata trace) {
    long start = Long.MAX_VALUE;
    long end = 0;
    for (var device : trace.getStepStats().getDevStatsList()) {
      for (var node : device.getNodeStatsList()) {
        if (node.getNodeName().startsWith(SCOPE + "/")) {
          start = Math.min(start, node.getAllStartMicros());
          end = Math.max(end, node.getAllStartMicros() + node.getAllEndRelMicros());
        }
      }
    }
    return Math.max(0, end - start) * 1e-6;
  }
}
