package org.tdro.keras.optimizers;

import java.util.ArrayList;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradient descent, with momentum: b ← momentum·b + (1 − dampening)·g, where the first b is g undampened, and
 * w ← w − rate·b. Weight decay is added to the gradient.
 */
public final class Sgd extends Optimizer {
  private final float momentum;
  private final float dampening;
  private final float weightDecay;

  /** Plain gradient descent. */
  public Sgd(LearningRateSchedule schedule) {
    this(schedule, 0, 0, 0);
  }

  /**
   * A rule with every option.
   *
   * @param momentum 0 for none
   * @param dampening of the momentum
   * @param weightDecay added to the gradient, times the weight
   */
  public Sgd(LearningRateSchedule schedule, double momentum, double dampening, double weightDecay) {
    super(schedule);
    this.momentum = (float) momentum;
    this.dampening = (float) dampening;
    this.weightDecay = (float) weightDecay;
  }

  @Override
  public Operand<TFloat32> update(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
    var writes = new ArrayList<Op>();
    Operand<TFloat32> direction = withDecay(tf, weight, gradient, weightDecay);
    if (momentum > 0) {
      var buffer = slot(weight, "momentum", 0);
      var first = tf.math.equal(rates.iteration(), tf.constant(1.0));
      var next = tf.math.add(
          tf.math.mul(buffer.value(), tf.constant(momentum)),
          tf.math.mul(direction, tf.constant(1 - dampening)));
      direction = tf.select(first, direction, next);
      writes.add(buffer.assign(tf, direction));
    }
    writes.add(
        tf.train.resourceApplyGradientDescent(weight.handle(), rates.learningRate(tf), direction));
    return weight.read(tf.withControlDependencies(writes));
  }
}
