package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** The operations of a training step, in their two kinds: one that only accumulates gradients and one that updates. */
final class TrainingProgram {
  private final Model model;
  private final Map<String, Operand<?>> inputs;
  private final Map<String, Operand<TFloat32>> logs;
  private final List<Op> accumulate;
  private final List<Op> update;
  private final UpdateTime updateTime = new UpdateTime();

  private TrainingProgram(
      Model model, Map<String, Operand<TFloat32>> logs, List<Op> accumulate, List<Op> update) {
    this.model = model;
    this.inputs = model.symbolicInputs().operands();
    this.logs = logs;
    this.accumulate = accumulate;
    this.update = update;
  }

  /** Adds the writes of {@code step} to the graph, each behind all gradients, assigned values and logs of the step. */
  static TrainingProgram of(Model model, TrainStep step) {
    var tf = model.tf();
    var reads = new ArrayList<Op>(step.gradients());
    reads.addAll(step.assignments().values());
    // A logged variable is copied, else the fetch might see it after the update.
    var logs = new LinkedHashMap<String, Operand<TFloat32>>();
    step.logs().forEach((name, value) -> logs.put(name, tf.deepCopy(value)));
    reads.addAll(logs.values());
    var gated = tf.withSubScope(UpdateTime.SCOPE).withControlDependencies(reads);
    var updates =
        model.optimizer().apply(tf, gated, model.counter(), step.weights(), step.gradients());
    var assignments = new ArrayList<Op>();
    step.assignments()
        .forEach((weight, value) -> assignments.add(gated.assign(weight.variable(), value)));
    var accumulate = new ArrayList<>(updates.accumulate());
    accumulate.addAll(assignments);
    var update = new ArrayList<>(updates.update());
    update.addAll(assignments);
    return new TrainingProgram(model, logs, accumulate, update);
  }

  /** Runs one micro-batch; the model's step count is the caller's to move. */
  Logs run(Batch batch, int microBatch, int microBatches) {
    boolean last = microBatch == microBatches - 1;
    var runner = model.session().runner();
    inputs.forEach((name, operand) -> {
      var tensor = batch.tensors().get(name);
      if (tensor != null) {
        runner.feed(operand, tensor);
      }
    });
    logs.values().forEach(runner::fetch);
    (last ? update : accumulate).forEach(runner::addTarget);
    long done = model.iterations();
    var rates = new ArrayList<TFloat64>();
    var result = new Logs[1];
    try {
      model.optimizers().forEach(optimizer -> rates.add(optimizer.feed(runner, done)));
      model.counter().feed(runner, done + 1, done * microBatches + microBatch, last, () -> {
        try (var fetched = last ? updateTime.run(runner, done + 1) : runner.run()) {
          result[0] = read(fetched::get);
        }
      });
    } finally {
      rates.forEach(Tensor::close);
    }
    return result[0];
  }

  /** Seconds that an update of the weights takes, as last measured. */
  double updateSeconds() {
    return updateTime.seconds();
  }

  private Logs read(java.util.function.IntFunction<Tensor> fetched) {
    var scalars = new LinkedHashMap<String, Double>();
    var vectors = new LinkedHashMap<String, float[]>();
    int i = 0;
    for (var name : logs.keySet()) {
      var tensor = (TFloat32) fetched.apply(i++);
      if (tensor.rank() == 0) {
        scalars.put(name, (double) tensor.getFloat());
      } else {
        vectors.put(name, floats(tensor));
      }
    }
    return new Logs(scalars, vectors);
  }

  private static float[] floats(TFloat32 tensor) {
    var values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
