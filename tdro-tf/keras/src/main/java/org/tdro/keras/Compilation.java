package org.tdro.keras;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The arguments of a {@code compile}, and the steps that were described since. */
final class Compilation {
  private final Optimizer optimizer;
  private final Loss loss;
  private final List<Metric> metrics;

  /** Static shape of the model's outputs. */
  private Shape outputShape = Shape.unknown();

  private TrainingProgram training;
  /** The weights that {@link #training} moves by default. */
  private List<Weight> trained = List.of();

  private EvaluationProgram evaluation;

  /**
   * A compilation in which nothing is described yet.
   *
   * @param optimizer null for a model that is not trained
   * @param loss null for a model whose steps have their own
   */
  Compilation(Optimizer optimizer, Loss loss, List<Metric> metrics) {
    this.optimizer = optimizer;
    this.loss = loss;
    this.metrics = List.copyOf(metrics);
    var names = new HashSet<String>();
    for (var metric : metrics) {
      if (!names.add(metric.name())) {
        throw new IllegalArgumentException("two metrics are named " + metric.name());
      }
    }
  }

  /** The optimizer, without which the model is not compiled. */
  Optional<Optimizer> optimizer() {
    return Optional.ofNullable(optimizer);
  }

  /** The input that the loss adds to those of the model. */
  Optional<InputSpec> labels() {
    return loss == null ? Optional.empty() : loss.labels();
  }

  /** Whether a step can be described by the loss. */
  boolean hasLoss() {
    return loss != null;
  }

  /** Returns the loss with the penalties of {@code variables}, a scalar. */
  Operand<TFloat32> objective(
      Ops tf, Variables variables, Inputs batch, Operand<TFloat32> prediction) {
    outputShape = prediction.shape();
    var value = loss.call(tf, batch, prediction);
    return variables
        .penalty(tf)
        .<Operand<TFloat32>>map(penalty -> tf.math.add(value, penalty))
        .orElse(value);
  }

  /** Returns a step that logs {@code objective} and measures the metrics. */
  TrainStep report(
      Ops tf, Inputs batch, Operand<TFloat32> prediction, Operand<TFloat32> objective) {
    var step = new TrainStep().log(Logs.LOSS, objective);
    metrics.forEach(metric -> step.measure(metric, metric.sums(tf, batch, prediction)));
    return step;
  }

  /** Refuses labels that do not fit the outputs of the model. */
  void checkLabels(Batch batch) {
    if (loss != null) {
      loss.check(batch, outputShape);
    }
  }

  /** The training step, once it is described. */
  Optional<TrainingProgram> training() {
    return Optional.ofNullable(training);
  }

  void training(TrainingProgram program, List<Weight> weights) {
    training = program;
    trained = weights;
  }

  /**
   * Refuses to train by a step that was described for other weights.
   *
   * @throws IllegalStateException if layers were frozen or unfrozen since
   */
  void requireTrained(List<Weight> weights) {
    if (!trained.equals(weights)) {
      throw new IllegalStateException(
          "layers were frozen or unfrozen since the model was trained: compile it again before fit");
    }
  }

  /** The evaluation step, once it is described. */
  Optional<EvaluationProgram> evaluation() {
    return Optional.ofNullable(evaluation);
  }

  void evaluation(EvaluationProgram program) {
    evaluation = program;
  }
}
