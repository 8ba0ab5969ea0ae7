package org.tdro.keras.gradcache;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The sums of the gradients of weights over several runs of the graph; runs of their own clear and use them. */
final class AccumulatedGradients {
  private final Optimizer optimizer;
  private final List<Weight> weights;
  private final List<Weight> sums;
  private final Set<Weight> without;

  /** Adds a slot of {@code optimizer} for each of {@code weights}. */
  AccumulatedGradients(Optimizer optimizer, List<Weight> weights) {
    this.optimizer = optimizer;
    this.weights = weights;
    sums = weights.stream().map(optimizer::accumulator).toList();
    without = new LinkedHashSet<>(weights);
  }

  /** Returns the operations that add gradients, one for each weight, null where there is none. */
  List<Op> add(Ops tf, List<Operand<TFloat32>> gradients) {
    var additions = new ArrayList<Op>();
    for (int i = 0; i < weights.size(); i++) {
      if (gradients.get(i) != null) {
        additions.add(sums.get(i).assignAdd(tf, gradients.get(i)));
        without.remove(weights.get(i));
      }
    }
    return additions;
  }

  /**
   * Checks that every weight has a gradient.
   *
   * @throws IllegalArgumentException naming the weights to which nothing is ever added
   */
  void requireAll() {
    if (!without.isEmpty()) {
      throw new IllegalArgumentException("no gradient of the loss with respect to "
          + without.stream().map(Weight::name).toList()
          + ": only operations without a gradient lead there");
    }
  }

  /** Returns the operations that set the sums to zero. */
  List<Op> clear(Ops tf) {
    var zeros = new ArrayList<Op>();
    for (var sum : sums) {
      var shape = tf.constant(sum.shape().asArray());
      zeros.add(sum.assign(tf, tf.fill(shape, tf.constant(0f))));
    }
    return zeros;
  }

  /** Returns the update of the weights along the means over micro-batches. */
  Optimizer.Updates update(Ops tf) {
    int microBatches = optimizer.gradientAccumulationSteps();
    var means = new ArrayList<Operand<TFloat32>>();
    for (var sum : sums) {
      means.add(
          microBatches == 1
              ? sum.read(tf)
              : tf.math.mul(sum.read(tf), tf.constant(1f / microBatches)));
    }
    return optimizer.applyAccumulated(tf, weights, means);
  }
}
