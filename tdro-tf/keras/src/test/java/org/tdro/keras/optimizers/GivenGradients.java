package org.tdro.keras.optimizers;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tdro.keras.Batch;
import org.tdro.keras.CallContext;
import org.tdro.keras.Callback;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Initializer;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.Optimizer;
import org.tdro.keras.TrainStep;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** A weight (1, −2) whose gradients are the inputs: (0.5, −1), (−0.25, 2), (1, 0.1). */
final class GivenGradients extends Model {
  private static final float[][] GRADIENTS = {{0.5f, -1}, {-0.25f, 2}, {1, 0.1f}};
  private final Weight weight;

  private GivenGradients(Shape shape) {
    super(1);
    weight = variables().add("weight", shape, Initializer.values(1, -2));
  }

  /** The weight, of {@code shape}, after three updates. */
  static float[] after3Updates(Optimizer optimizer, Shape shape) {
    try (var model = new GivenGradients(shape)) {
      model.compile(optimizer);
      Dataset gradients = index -> new Batch(
          Map.of("gradient", TFloat32.tensorOf(shape, DataBuffers.of(GRADIENTS[(int) index]))), 1);
      model.fit(gradients, FitOptions.steps(3));
      return Values.of(model);
    }
  }

  /** The norms that are logged of three micro-batches, by step. */
  static Map<Long, Double> norms(Optimizer optimizer) {
    var norms = new TreeMap<Long, Double>();
    try (var model = new GivenGradients(Shape.of(2))) {
      model.compile(optimizer);
      model.logGradientNorm(true);
      Dataset gradients =
          index -> new Batch(Map.of("gradient", TFloat32.vectorOf(GRADIENTS[(int) index])), 1);
      var steps = FitOptions.steps(3L / optimizer.gradientAccumulationSteps());
      model.fit(gradients, steps.withCallbacks(new Callback() {
        @Override
        public void onTrainBatchEnd(Model trained, long step, Logs logs) {
          logs.find(Logs.GRADIENT_NORM).ifPresent(norm -> norms.put(step, norm));
        }
      }));
    }
    return norms;
  }

  static float[] after3Updates(Optimizer optimizer) {
    return after3Updates(optimizer, Shape.of(2));
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of(new InputSpec("gradient", TFloat32.class, weight.shape()));
  }

  @Override
  protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
    var tf = context.tf();
    return tf.math.mul(weight.read(tf), inputs.floats("gradient"));
  }

  @Override
  protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
    return new TrainStep().minimize(List.of(weight), List.of(batch.floats("gradient")));
  }
}
