package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What one training step does, as a description: which weights move along which gradients, which state is assigned, what
 * is reported. The model turns it into operations in which every write waits for every read, because TensorFlow runs an
 * operation as soon as its own inputs are ready.
 */
public final class TrainStep {
  private final List<Weight> weights = new ArrayList<>();
  private final List<Operand<TFloat32>> gradients = new ArrayList<>();
  private final Map<Weight, Operand<TFloat32>> assignments = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> logs = new LinkedHashMap<>();

  /** Moves {@code weights} against {@code gradients} with the model's optimizer. */
  public TrainStep minimize(List<Weight> weights, List<Operand<TFloat32>> gradients) {
    if (weights.size() != gradients.size()) {
      throw new IllegalArgumentException(
          weights.size() + " weights, but " + gradients.size() + " gradients");
    }
    this.weights.addAll(weights);
    this.gradients.addAll(gradients);
    return this;
  }

  /** Assigns {@code value} to {@code weight} at the end of every micro-batch. */
  public TrainStep assign(Weight weight, Operand<TFloat32> value) {
    assignments.put(weight, value);
    return this;
  }

  /** Reports a scalar or a vector under {@code name}. */
  public TrainStep log(String name, Operand<TFloat32> value) {
    logs.put(name, value);
    return this;
  }

  List<Weight> weights() {
    return weights;
  }

  List<Operand<TFloat32>> gradients() {
    return gradients;
  }

  Map<Weight, Operand<TFloat32>> assignments() {
    return assignments;
  }

  Map<String, Operand<TFloat32>> logs() {
    return logs;
  }
}
