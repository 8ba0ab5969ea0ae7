package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** A micro-batch as one run of the graph, of two kinds: one that only accumulates gradients and one that updates. */
final class OneRunProgram implements TrainingProgram {
  private final Model model;
  private final StepLogs logs;
  private final List<Op> accumulate;
  private final List<Op> update;
  private final Operand<TFloat32> gradientNorm;
  private final UpdateTime updateTime = new UpdateTime();

  private OneRunProgram(Model model, StepLogs logs, Optimizer.Updates updates) {
    this.model = model;
    this.logs = logs;
    this.accumulate = updates.accumulate();
    this.update = updates.update();
    this.gradientNorm = updates.gradientNorm();
  }

  /** A step that encodes its batch by calls of the encoders within its one run. */
  record Builder(Model model, GradientTape tape, Inputs batch) implements Execution.Builder {

    @Override
    public Operand<TFloat32> encode(CallContext context, RowEncoder encoder, List<String> inputs) {
      var rows = new ArrayList<Operand<?>>();
      inputs.forEach(name -> rows.add(batch.get(name)));
      return encoder.call(context, rows);
    }

    /** Puts each write of {@code step} behind all its gradients, assigned values and logs. */
    @Override
    public TrainingProgram program(TrainStep step) {
      var tf = model.tf();
      var gradients = step.gradients(tape);
      var reads = new ArrayList<Op>(gradients);
      reads.addAll(step.assignments().values());
      var logs = new StepLogs(tf, step);
      reads.addAll(logs.operands());
      var gated = tf.withSubScope(UpdateTime.SCOPE).withControlDependencies(reads);
      var updates = model.optimizer().apply(tf, gated, model.counter(), step.weights(), gradients);
      var assignments = step.assign(gated);
      var accumulate = new ArrayList<>(updates.accumulate());
      accumulate.addAll(assignments);
      var update = new ArrayList<>(updates.update());
      update.addAll(assignments);
      return new OneRunProgram(
          model, logs, new Optimizer.Updates(accumulate, update, updates.gradientNorm()));
    }
  }

  @Override
  public Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    long done = model.iterations();
    boolean logsNorm = last && model.logsGradientNorm();
    try (var run = new StepRun(model, done * microBatches + microBatch, last)) {
      run.feed(batch).fetch(logs.operands());
      if (logsNorm) {
        run.fetch(List.of(gradientNorm));
      }
      return run.target(last ? update : accumulate)
          .run(runner -> run(runner, last, done + 1), fetched -> {
            var read = logs.read(fetched, microBatch == 0);
            return logsNorm
                ? read.with(
                    Logs.GRADIENT_NORM, ((TFloat32) fetched.get(logs.operands().size())).getFloat())
                : read;
          });
    }
  }

  private Result run(Session.Runner runner, boolean last, long step) {
    var listener = model.kernelListener();
    if (listener != null) {
      return KernelTimes.run(runner, listener);
    }
    return last ? updateTime.run(runner, step, model.traceEverySteps()) : runner.run();
  }

  @Override
  public double updateSeconds() {
    return updateTime.seconds();
  }
}
