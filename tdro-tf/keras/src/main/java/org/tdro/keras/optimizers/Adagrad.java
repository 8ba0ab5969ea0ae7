package org.tdro.keras.optimizers;

import java.util.List;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Adagrad (Duchi et al. 2011): s ← s + g², w ← w − rate·g / (√s + ε). Weight decay is added to the gradient. */
public final class Adagrad extends Optimizer {
  private final float epsilon;
  private final float weightDecay;

  /** ε is 1e-10 in torch. */
  public Adagrad(LearningRateSchedule schedule, double epsilon, double weightDecay) {
    super(schedule);
    this.epsilon = (float) epsilon;
    this.weightDecay = (float) weightDecay;
  }

  @Override
  public Operand<TFloat32> update(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
    var moved = tf.train.resourceApplyAdagrad(
        weight.handle(),
        slot(weight, "sum", 0).handle(),
        rates.learningRate(tf),
        tf.constant(epsilon),
        withDecay(tf, weight, gradient, weightDecay));
    return weight.read(tf.withControlDependencies(List.of((Op) moved)));
  }
}
