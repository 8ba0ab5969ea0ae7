package org.tdro.keras.optimizers;

import java.util.function.Predicate;
import org.tdro.config.Key;
import org.tdro.io.Checks;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;

/**
 * An update rule and its settings, of which each rule reads its own.
 *
 * @param rule the rule
 * @param weightDecay decoupled decay for AdamW; others add it to the gradient
 * @param beta1 decay of AdamW's mean gradient
 * @param beta2 decay of the mean squared gradient of AdamW and RMSprop
 * @param epsilon what AdamW and RMSprop add to denominators; Adagrad always adds torch's 1e-10
 */
public record OptimizerSpec(
    @Key("optimizer") Rule rule, double weightDecay, double beta1, double beta2, double epsilon) {
  private static final double ADAGRAD_EPSILON = 1e-10;

  /** The update rules that a name chooses. */
  public enum Rule {
    /** Adam with decoupled weight decay. */
    ADAMW,
    /** Plain gradient steps. */
    SGD,
    /** Steps divided by the root of the sum of squared gradients. */
    ADAGRAD,
    /** Steps divided by the root of a moving mean of squared gradients. */
    RMSPROP
  }

  public OptimizerSpec {
    new Checks()
        .notNegative("weightDecay", weightDecay)
        .rate("beta1", beta1)
        .rate("beta2", beta2)
        .positive("epsilon", epsilon)
        .done();
  }

  /** Returns a rule with the usual settings and without weight decay: β = (0.9, 0.999), ε = 1e-8. */
  public static OptimizerSpec of(Rule rule) {
    return new OptimizerSpec(rule, 0, 0.9, 0.999, 1e-8);
  }

  /** Returns the same with another weight decay. */
  public OptimizerSpec weightDecay(double decay) {
    return new OptimizerSpec(rule, decay, beta1, beta2, epsilon);
  }

  /** Returns a new optimizer; AdamW's decay leaves biases and norms alone. */
  public Optimizer create(LearningRateSchedule schedule) {
    return create(schedule, weight -> weight.shape().numDimensions() > 1);
  }

  /**
   * Returns a new optimizer.
   *
   * @param decays the weights that AdamW's decay shrinks
   */
  public Optimizer create(LearningRateSchedule schedule, Predicate<Weight> decays) {
    return switch (rule) {
      case ADAMW ->
        AdamW.builder(schedule)
            .betas(beta1, beta2)
            .epsilon(epsilon)
            .weightDecay(weightDecay)
            .decays(decays)
            .build();
      case SGD -> new Sgd(schedule, 0, 0, weightDecay);
      case ADAGRAD -> new Adagrad(schedule, ADAGRAD_EPSILON, weightDecay);
      case RMSPROP -> new RmsProp(schedule, beta2, epsilon, weightDecay);
    };
  }
}
