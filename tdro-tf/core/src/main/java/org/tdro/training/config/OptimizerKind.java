package org.tdro.training.config;

/** The update rules that models and domain weights can be trained with. */
public enum OptimizerKind {
  /** Adam with decoupled weight decay. */
  ADAMW,
  /** Plain gradient steps. */
  SGD,
  /** Steps divided by the root of the sum of squared gradients. */
  ADAGRAD,
  /** Steps divided by the root of a moving mean of squared gradients. */
  RMSPROP
}
