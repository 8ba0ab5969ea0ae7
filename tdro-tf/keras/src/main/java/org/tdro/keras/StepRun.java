package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Op;

/**
 * One run of a model's graph within a training step. It is fed with what every operation of a step may read: the position in
 * training and the learning rates. Owns the tensors it is given by {@link #feed(Operand, Tensor)}.
 */
public final class StepRun implements AutoCloseable {
  private final Model model;
  private final long counter;
  private final boolean completesUpdate;
  private final Session.Runner runner;
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * A run of the graph of {@code model}.
   *
   * @param counter of the random numbers of this run, see {@link StepCounter#microBatch}
   * @param completesUpdate whether it belongs to the last micro-batch of an update
   */
  public StepRun(Model model, long counter, boolean completesUpdate) {
    this.model = model;
    this.counter = counter;
    this.completesUpdate = completesUpdate;
    this.runner = model.session().runner();
  }

  /**
   * Feeds the inputs that {@code batch} has, which stays the caller's.
   *
   * @throws IllegalArgumentException naming an input that does not fit the model
   */
  public StepRun feed(Batch batch) {
    model.feed(runner, batch);
    return this;
  }

  /** Feeds {@code tensor} and takes it over. */
  public StepRun feed(Operand<?> operand, Tensor tensor) {
    owned.add(tensor);
    runner.feed(operand, tensor);
    return this;
  }

  /** Adds {@code operands} to what is fetched, in order. */
  public StepRun fetch(List<? extends Operand<?>> operands) {
    operands.forEach(runner::fetch);
    return this;
  }

  /** Adds {@code operations} to what is run. */
  public StepRun target(List<Op> operations) {
    operations.forEach(runner::addTarget);
    return this;
  }

  /** Runs the graph, ignoring what was fetched. */
  public void run() {
    run(fetched -> null);
  }

  /** Runs the graph and returns what {@code read} makes of the fetched tensors, which are closed afterwards. */
  public <T> T run(Function<Result, T> read) {
    return run(Session.Runner::run, read);
  }

  /** Does the same as {@link #run(Function)} with another way to run, such as a traced one. */
  <T> T run(Function<Session.Runner, Result> execution, Function<Result, T> read) {
    long done = model.iterations();
    model
        .optimizers()
        .forEach(optimizer -> owned.add(optimizer.feed(runner, model.updates(optimizer))));
    var result = new ArrayList<T>();
    model.counter().feed(runner, done + 1, counter, completesUpdate, () -> {
      try (var fetched = execution.apply(runner)) {
        result.add(read.apply(fetched));
      }
    });
    return result.get(0);
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
