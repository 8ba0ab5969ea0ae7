package org.tdro.keras.layers;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.tdro.keras.Batch;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.GradientTape;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Model;
import org.tdro.keras.TrainStep;
import org.tdro.keras.optimizers.Sgd;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A model that does nothing but report the value of an expression at each of some training steps. */
final class Evaluation extends Model {
  private final BiFunction<Model, Ops, Operand<TFloat32>> expression;

  private Evaluation(BiFunction<Model, Ops, Operand<TFloat32>> expression) {
    super(1);
    this.expression = expression;
  }

  /** The vector {@code expression} at each of {@code steps} steps. */
  static List<float[]> of(int steps, BiFunction<Model, Ops, Operand<TFloat32>> expression) {
    try (var model = new Evaluation(expression)) {
      model.compile(new Sgd(LearningRateSchedule.constant(0)));
      Dataset nothing = index -> new Batch(Map.of(), 1);
      var history = model.fit(nothing, FitOptions.epochs(steps).withStepsPerEpoch(1));
      return history.epochs().stream().map(logs -> logs.vectors().get("value")).toList();
    }
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of();
  }

  @Override
  protected Operand<TFloat32> call(Ops tf, Inputs inputs, boolean training) {
    return tf.reshape(expression.apply(this, tf), tf.constant(new int[] {-1}));
  }

  @Override
  protected TrainStep trainStep(GradientTape tape, Inputs batch) {
    return new TrainStep().log("value", call(tf(), batch, true));
  }
}
