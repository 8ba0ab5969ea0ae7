package org.tdro.keras;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The length of training, its validation data and its callbacks.
 *
 * @param epochs how often to go through the data in all, with what the model has done before; at least 1
 * @param stepsPerEpoch updates of an epoch; empty takes the dataset's own length. Where that is not a multiple of the
 *     micro-batches of an update, the ones that are left over open the next epoch
 * @param validation data to evaluate on after each epoch
 * @param evaluation of the model between steps
 */
public record FitOptions(
    long epochs,
    OptionalLong stepsPerEpoch,
    Optional<Dataset> validation,
    Optional<StepEvaluation> evaluation,
    List<Callback> callbacks) {
  public FitOptions {
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs must be at least 1, was " + epochs);
    }
    if (stepsPerEpoch.isPresent() && stepsPerEpoch.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "steps per epoch must be at least 1, was " + stepsPerEpoch.getAsLong());
    }
    if (evaluation.isPresent() && evaluation.get().everySteps() < 1) {
      throw new IllegalArgumentException(
          "steps from one evaluation to the next must be at least 1, were "
              + evaluation.get().everySteps());
    }
    callbacks = List.copyOf(callbacks);
  }

  /** Returns options for {@code epochs} passes in all over a dataset that has a length. */
  public static FitOptions epochs(long epochs) {
    return new FitOptions(
        epochs, OptionalLong.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  /** Returns options for {@code steps} updates in all, counted as one epoch. */
  public static FitOptions steps(long steps) {
    return new FitOptions(1, OptionalLong.of(steps), Optional.empty(), Optional.empty(), List.of());
  }

  /** The same with the epochs cut into that many steps. */
  public FitOptions withStepsPerEpoch(long steps) {
    return new FitOptions(epochs, OptionalLong.of(steps), validation, evaluation, callbacks);
  }

  /** The same with data to evaluate on after each epoch. */
  public FitOptions validation(Dataset dataset) {
    return new FitOptions(epochs, stepsPerEpoch, Optional.of(dataset), evaluation, callbacks);
  }

  /** The same with a measurement of the model between steps, whose values are logged. */
  public FitOptions evaluatedBy(StepEvaluation measurement) {
    return new FitOptions(epochs, stepsPerEpoch, validation, Optional.of(measurement), callbacks);
  }

  /** Returns the keys of what is measured between steps, that by which models are compared first; empty if nothing is. */
  public List<LogKey<Double>> evaluationKeys() {
    return evaluation.map(StepEvaluation::keys).orElse(List.of());
  }

  /** The same with these callbacks, called in this order. */
  public FitOptions withCallbacks(List<? extends Callback> callbacks) {
    return new FitOptions(epochs, stepsPerEpoch, validation, evaluation, List.copyOf(callbacks));
  }

  /** The same with these callbacks, called in this order. */
  public FitOptions withCallbacks(Callback... callbacks) {
    return withCallbacks(List.of(callbacks));
  }
}
