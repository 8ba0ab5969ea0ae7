package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** A micro-batch as one run of the graph, of two kinds: one that only accumulates gradients and one that updates. */
final class OneRunProgram implements TrainingProgram {
  private final Model model;
  private final StepLogs logs;
  private final List<Op> accumulate;
  private final List<Op> update;
  private final UpdateTime updateTime = new UpdateTime();

  private OneRunProgram(Model model, StepLogs logs, List<Op> accumulate, List<Op> update) {
    this.model = model;
    this.logs = logs;
    this.accumulate = accumulate;
    this.update = update;
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
      return new OneRunProgram(model, logs, accumulate, update);
    }
  }

  @Override
  public Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    long done = model.iterations();
    try (var run = new StepRun(model, done * microBatches + microBatch, last)) {
      return run.feed(batch)
          .fetch(logs.operands())
          .target(last ? update : accumulate)
          .run(
              last
                  ? runner -> updateTime.run(runner, done + 1, model.traceEverySteps())
                  : Session.Runner::run,
              logs::read);
    }
  }

  @Override
  public double updateSeconds() {
    return updateTime.seconds();
  }
}
