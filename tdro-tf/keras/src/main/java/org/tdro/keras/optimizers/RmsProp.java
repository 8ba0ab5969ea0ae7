package org.tdro.keras.optimizers;

import java.util.List;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * RMSprop: s ← α·s + (1 − α)·g², w ← w − rate·g / (√s + ε). TensorFlow's own kernel has ε under the root, so the formula
 * is spelled out. Weight decay is added to the gradient.
 */
public final class RmsProp extends Optimizer {
  private final float alpha;
  private final float epsilon;
  private final float weightDecay;

  /**
   * A rule with every option.
   *
   * @param alpha smoothing constant of the mean of squares, 0.99 in torch
   * @param epsilon added to the root
   * @param weightDecay added to the gradient, times the weight
   */
  public RmsProp(LearningRateSchedule schedule, double alpha, double epsilon, double weightDecay) {
    super(schedule);
    this.alpha = (float) alpha;
    this.epsilon = (float) epsilon;
    this.weightDecay = (float) weightDecay;
  }

  @Override
  public Operand<TFloat32> update(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
    var decayed = withDecay(tf, weight, gradient, weightDecay);
    var mean = slot(weight, "mean_square", 0);
    var next = tf.math.add(
        tf.math.mul(mean.value(), tf.constant(alpha)),
        tf.math.mul(tf.math.square(decayed), tf.constant(1 - alpha)));
    var direction = tf.math.div(decayed, tf.math.add(tf.math.sqrt(next), tf.constant(epsilon)));
    var moved =
        tf.train.resourceApplyGradientDescent(weight.handle(), rates.learningRate(tf), direction);
    return weight.read(tf.withControlDependencies(List.of(moved, mean.assign(tf, next))));
  }
}
