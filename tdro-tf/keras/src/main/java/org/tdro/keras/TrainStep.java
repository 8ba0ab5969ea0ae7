package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The description of one training step: which weights move along which gradients, which state is assigned, what
 * is reported. The model turns it into operations in which every write waits for every read, because TensorFlow runs an
 * operation as soon as its own inputs are ready.
 */
public final class TrainStep {
  private final List<Weight> weights = new ArrayList<>();
  private final List<Operand<TFloat32>> gradients = new ArrayList<>();
  private final Map<Weight, Operand<TFloat32>> assignments = new LinkedHashMap<>();
  private final Map<LogKey<?>, Operand<TFloat32>> logs = new LinkedHashMap<>();
  private final Map<Metric, Operand<TFloat32>> measures = new LinkedHashMap<>();
  private EpochMeans means = new EpochMeans();
  private Operand<TFloat32> loss;

  /** Moves {@code weights} against the gradient of the scalar {@code loss} with the model's optimizer. */
  public TrainStep minimize(List<Weight> weights, Operand<TFloat32> loss) {
    requireNothingMinimized();
    this.weights.addAll(weights);
    this.loss = loss;
    return this;
  }

  /**
   * Moves {@code weights} against {@code gradients} with the model's optimizer: for a step that changes the gradients of its
   * loss. Not every {@link Execution} knows these within the step; the others need the loss.
   */
  public TrainStep minimize(List<Weight> weights, List<Operand<TFloat32>> gradients) {
    requireNothingMinimized();
    if (weights.size() != gradients.size()) {
      throw new IllegalArgumentException(
          weights.size() + " weights, but " + gradients.size() + " gradients");
    }
    this.weights.addAll(weights);
    this.gradients.addAll(gradients);
    return this;
  }

  private void requireNothingMinimized() {
    if (!weights.isEmpty()) {
      throw new IllegalStateException("a step minimises once: add up its losses");
    }
  }

  /** Assigns {@code value} to {@code weight} at the end of every micro-batch. */
  public TrainStep assign(Weight weight, Operand<TFloat32> value) {
    assignments.put(weight, value);
    return this;
  }

  /**
   * Reports {@code value} under {@code key}.
   *
   * @throws IllegalArgumentException if the key is a scalar's and the value is known to be none, or the other way round
   */
  public TrainStep log(LogKey<?> key, Operand<TFloat32> value) {
    key.check(value);
    logs.put(key, value);
    return this;
  }

  /**
   * Reports {@code metric} over all rows of an epoch.
   *
   * @param sums what {@link Metric#sums} gives for this micro-batch
   */
  public TrainStep measure(Metric metric, Operand<TFloat32> sums) {
    measures.put(metric, sums);
    return this;
  }

  Map<Metric, Operand<TFloat32>> measures() {
    return measures;
  }

  /** Returns the means to which the sums of metrics are added. */
  EpochMeans means() {
    return means;
  }

  void measureInto(EpochMeans epoch) {
    means = epoch;
  }

  /** Returns the weights that are moved. */
  public List<Weight> weights() {
    return weights;
  }

  /** Returns what is minimised, where the step says so rather than giving gradients. */
  public Optional<Operand<TFloat32>> loss() {
    return Optional.ofNullable(loss);
  }

  /** Returns the gradients, one for each weight. */
  public List<Operand<TFloat32>> gradients(GradientTape tape) {
    return loss == null ? gradients : tape.weightGradients(loss, weights);
  }

  /** Returns the values that are assigned. */
  public Map<Weight, Operand<TFloat32>> assignments() {
    return assignments;
  }

  /** Returns the assignments as operations of {@code gated}. */
  public List<Op> assign(Ops gated) {
    var operations = new ArrayList<Op>();
    assignments.forEach((weight, value) -> operations.add(weight.assign(gated, value)));
    return operations;
  }

  Map<LogKey<?>, Operand<TFloat32>> logs() {
    return logs;
  }
}
