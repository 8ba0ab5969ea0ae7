package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;

/** The position in training, as scalars that are fed with every micro-batch. */
public final class StepCounter {
  private final Placeholder<TInt64> iteration;
  private final Placeholder<TInt64> microBatch;
  private final Placeholder<TBool> completesUpdate;

  /** Adds the scalars to the graph of {@code tf}. */
  public StepCounter(Ops tf) {
    var scalar = Placeholder.shape(Shape.scalar());
    iteration = tf.withName("iteration").placeholder(TInt64.class, scalar);
    microBatch = tf.withName("micro_batch").placeholder(TInt64.class, scalar);
    completesUpdate = tf.withName("completes_update").placeholder(TBool.class, scalar);
  }

  /** Number of the update that this micro-batch belongs to, from 1. */
  public Operand<TInt64> iteration() {
    return iteration;
  }

  /**
   * The counter of random numbers: the number of this micro-batch since training began, from 0. Where a micro-batch is
   * encoded in chunks, each of these has a number of its own instead.
   */
  public Operand<TInt64> microBatch() {
    return microBatch;
  }

  /** Whether this is the last micro-batch of its update. */
  public Operand<TBool> completesUpdate() {
    return completesUpdate;
  }

  /** Feeds the scalars and runs {@code run} while they live. */
  public void feed(Session.Runner runner, long update, long micro, boolean last, Runnable run) {
    try (var iterationTensor = TInt64.scalarOf(update);
        var microTensor = TInt64.scalarOf(micro);
        var lastTensor = TBool.scalarOf(last)) {
      runner
          .feed(iteration, iterationTensor)
          .feed(microBatch, microTensor)
          .feed(completesUpdate, lastTensor);
      run.run();
    }
  }
}
