package org.tdro.keras;

import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;

/**
 * How long the update of the weights takes at the end of a step. A step is one run of the graph, so this is read off a
 * trace of TensorFlow's, which costs some of the step's speed: now and then one is taken, and its time stands until the next.
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

  /** From the first operation of the update to the end of the last: updates wait for everything else of a step. */
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
