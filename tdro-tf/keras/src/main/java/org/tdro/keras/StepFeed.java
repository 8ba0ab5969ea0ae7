package org.tdro.keras;

import java.util.ArrayList;
import java.util.function.Consumer;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat64;

/** Runs the graph of a model with what every run of a step is fed: where training stands and the learning rates. */
final class StepFeed {
  private final Model model;

  StepFeed(Model model) {
    this.model = model;
  }

  /**
   * Runs {@code runner} and closes what it gave once {@code read} has seen it.
   *
   * @param counter of the random numbers of this run
   * @param last whether it belongs to the last micro-batch of an update
   */
  void run(Session.Runner runner, long counter, boolean last, Consumer<Result> read) {
    run(runner, counter, last, Session.Runner::run, read);
  }

  /** How a runner is run. */
  interface Execution {
    Result of(Session.Runner runner);
  }

  /** The same for a run that is measured or the like. */
  void run(
      Session.Runner runner,
      long counter,
      boolean last,
      Execution execution,
      Consumer<Result> read) {
    long done = model.iterations();
    var rates = new ArrayList<TFloat64>();
    try {
      model.optimizers().forEach(optimizer -> rates.add(optimizer.feed(runner, done)));
      model.counter().feed(runner, done + 1, counter, last, () -> {
        try (var fetched = execution.of(runner)) {
          read.accept(fetched);
        }
      });
    } finally {
      rates.forEach(Tensor::close);
    }
  }

  /** Feeds the inputs that {@code batch} has. */
  void inputs(Session.Runner runner, Batch batch) {
    model.symbolicInputs().operands().forEach((name, operand) -> {
      var tensor = batch.tensors().get(name);
      if (tensor != null) {
        runner.feed(operand, tensor);
      }
    });
  }
}
