package org.tdro.keras.layers;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tdro.keras.Batch;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.GradientTape;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.LogKey;
import org.tdro.keras.Model;
import org.tdro.keras.TrainStep;
import org.tdro.keras.optimizers.Sgd;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A model that does nothing but report the value of an expression at each of some training steps. */
final class Evaluation extends Model {
  private static final LogKey<float[]> VALUE = LogKey.vector("value");

  private final Function<CallContext, Operand<TFloat32>> expression;

  private Evaluation(long seed, Function<CallContext, Operand<TFloat32>> expression) {
    super(seed);
    this.expression = expression;
  }

  /** The vector {@code expression} at each of {@code steps} steps of a model with seed 1. */
  static List<float[]> of(int steps, Function<CallContext, Operand<TFloat32>> expression) {
    return of(steps, 1, expression);
  }

  /** The vector {@code expression} at each of {@code steps} steps. */
  static List<float[]> of(
      int steps, long seed, Function<CallContext, Operand<TFloat32>> expression) {
    try (var model = new Evaluation(seed, expression)) {
      model.compile(new Sgd(LearningRateSchedule.constant(0)));
      Dataset nothing = index -> new Batch(Map.of(), 1);
      var history = model.fit(nothing, FitOptions.epochs(steps).withStepsPerEpoch(1));
      return history.epochs().stream().map(logs -> logs.get(VALUE)).toList();
    }
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of();
  }

  @Override
  protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
    var tf = context.tf();
    return tf.reshape(expression.apply(context), tf.constant(new int[] {-1}));
  }

  @Override
  protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
    return new TrainStep().log(VALUE, call(context, batch));
  }
}
