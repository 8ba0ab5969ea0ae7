package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.op.Op;

/** A micro-batch as one run of the graph, of two kinds: one that only accumulates gradients and one that updates. */
final class OneRunProgram implements TrainingProgram {
  private final Model model;
  private final StepFeed feed;
  private final LoggedValues logs;
  private final List<Op> accumulate;
  private final List<Op> update;
  private final UpdateTime updateTime = new UpdateTime();

  private OneRunProgram(Model model, LoggedValues logs, List<Op> accumulate, List<Op> update) {
    this.model = model;
    this.feed = new StepFeed(model);
    this.logs = logs;
    this.accumulate = accumulate;
    this.update = update;
  }

  /** Adds the writes of {@code step} to the graph, each behind all gradients, assigned values and logs of the step. */
  static OneRunProgram of(Model model, GradientTape tape, TrainStep step) {
    var tf = model.tf();
    var gradients = step.gradients(tape);
    var reads = new ArrayList<Op>(gradients);
    reads.addAll(step.assignments().values());
    var logs = new LoggedValues(tf, step);
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

  @Override
  public Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    long done = model.iterations();
    var runner = model.session().runner();
    feed.inputs(runner, batch);
    logs.operands().forEach(runner::fetch);
    (last ? update : accumulate).forEach(runner::addTarget);
    var result = new Logs[1];
    feed.run(
        runner,
        done * microBatches + microBatch,
        last,
        run -> last ? updateTime.run(run, done + 1) : run.run(),
        fetched -> result[0] = logs.read(fetched));
    return result[0];
  }

  @Override
  public double updateSeconds() {
    return updateTime.seconds();
  }
}
