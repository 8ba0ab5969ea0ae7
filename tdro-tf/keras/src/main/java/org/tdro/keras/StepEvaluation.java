package org.tdro.keras;

import java.util.List;
import java.util.Map;

/**
 * A measurement of a model between two steps of its training, such as its quality on development queries. {@link FitOptions#evaluatedBy}
 * adds its values to the logs of the step, so that every callback sees them.
 */
public interface StepEvaluation {

  /** Returns the keys of all values that {@link #evaluate} returns, that by which models are compared first. */
  List<LogKey<Double>> keys();

  /** Returns the steps from one evaluation to the next, at least 1; the last step of a training is always evaluated. */
  int everySteps();

  /** Returns a value for each of the {@link #keys}; the model stays as it is. */
  Map<LogKey<Double>, Double> evaluate(Model model);
}
