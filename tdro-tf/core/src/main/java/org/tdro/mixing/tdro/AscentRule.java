package org.tdro.mixing.tdro;

import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.optimizers.Adagrad;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.RmsProp;

/** The optimizer that moves the log-weights. They ascend: the rule is given the negated gradient to descend. */
public sealed interface AscentRule {

  /** The rule as an optimizer with that rate. */
  Optimizer optimizer(LearningRateSchedule stepSize);

  /** Plain gradient steps: exponentiated gradient ascent on α, the paper's rule. */
  static AscentRule sgd() {
    return new Sgd(0, 0, 0);
  }

  /** Gradient steps with momentum (0: none), its dampening, and weight decay. */
  record Sgd(double momentum, double dampening, double weightDecay) implements AscentRule {
    @Override
    public Optimizer optimizer(LearningRateSchedule stepSize) {
      return new org.tdro.keras.optimizers.Sgd(stepSize, momentum, dampening, weightDecay);
    }
  }

  /** AdamW with decoupled weight decay. */
  record Adam(double beta1, double beta2, double epsilon, double weightDecay)
      implements AscentRule {
    @Override
    public Optimizer optimizer(LearningRateSchedule stepSize) {
      return AdamW.builder(stepSize)
          .betas(beta1, beta2)
          .epsilon(epsilon)
          .weightDecay(weightDecay)
          .decays(weight -> true)
          .build();
    }
  }

  /** Adagrad with torch's ε of 1e-10. */
  record AdaptiveSum(double weightDecay) implements AscentRule {
    private static final double EPSILON = 1e-10;

    @Override
    public Optimizer optimizer(LearningRateSchedule stepSize) {
      return new Adagrad(stepSize, EPSILON, weightDecay);
    }
  }

  /** RMSprop with smoothing constant {@code alpha}. */
  record RootMeanSquare(double alpha, double epsilon, double weightDecay) implements AscentRule {
    @Override
    public Optimizer optimizer(LearningRateSchedule stepSize) {
      return new RmsProp(stepSize, alpha, epsilon, weightDecay);
    }
  }
}
