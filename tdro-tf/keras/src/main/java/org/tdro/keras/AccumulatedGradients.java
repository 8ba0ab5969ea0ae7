package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The sums of the gradients of weights over several runs of the graph, cleared and used by runs of their own. */
final class AccumulatedGradients {
  private final Optimizer optimizer;
  private final List<Weight> weights;
  private final List<Weight> sums;
  private final Set<Weight> without;

  AccumulatedGradients(Optimizer optimizer, List<Weight> weights) {
    this.optimizer = optimizer;
    this.weights = weights;
    sums = weights.stream().map(optimizer::accumulator).toList();
    without = new LinkedHashSet<>(weights);
  }

  /** Adds gradients, one for each weight, null where there is none. */
  List<Op> add(Ops tf, List<Operand<TFloat32>> gradients) {
    var additions = new ArrayList<Op>();
    for (int i = 0; i < weights.size(); i++) {
      if (gradients.get(i) != null) {
        additions.add(tf.assignAdd(sums.get(i).variable(), gradients.get(i)));
        without.remove(weights.get(i));
      }
    }
    return additions;
  }

  /** @throws IllegalArgumentException naming the weights to which nothing is ever added */
  void requireAll() {
    if (!without.isEmpty()) {
      throw new IllegalArgumentException("no gradient of the loss with respect to "
          + without.stream().map(Weight::name).toList()
          + ": only operations without a gradient lead there");
    }
  }

  /** Sets the sums to zero. */
  List<Op> clear(Ops tf) {
    var zeros = new ArrayList<Op>();
    for (var sum : sums) {
      var shape = tf.constant(sum.shape().asArray());
      zeros.add(tf.assign(sum.variable(), tf.fill(shape, tf.constant(0f))));
    }
    return zeros;
  }

  /** Moves the weights along the means over micro-batches. */
  List<Op> update(Ops tf, StepCounter counter) {
    int microBatches = optimizer.gradientAccumulationSteps();
    var means = new ArrayList<Operand<TFloat32>>();
    for (var sum : sums) {
      means.add(
          microBatches == 1
              ? sum.read(tf)
              : tf.math.mul(sum.read(tf), tf.constant(1f / microBatches)));
    }
    var clipped = optimizer.clipped(tf, means);
    var gated =
        tf.withSubScope(UpdateTime.SCOPE).withControlDependencies(new ArrayList<Op>(clipped));
    return optimizer.update(gated, counter, weights, clipped);
  }
}
