package org.tdro.keras.example;

import java.util.List;
import org.tdro.keras.Initializer;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.Model;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Tells which moon a point belongs to. */
class MoonClassifier extends Model {
  private final Dense in = new Dense(variables(), "in", 2, 32, Initializer.glorotUniform());
  private final Residual residual = new Residual(variables(), "residual", 32);
  private final Dropout dropout = new Dropout(0.1f, seed(), counter());
  private final Dense out = new Dense(variables(), "out", 32, 2, Initializer.glorotUniform());

  MoonClassifier(long seed) {
    super(seed);
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of(
        new InputSpec("points", TFloat32.class, Shape.of(-1, 2)),
        new InputSpec("labels", TInt32.class, Shape.of(-1)));
  }

  @Override
  protected Operand<TFloat32> call(Ops tf, Inputs inputs, boolean training) {
    return logits(tf, inputs.floats("points"), training);
  }

  /** {@code points [rows, 2] -> [rows, 2]}. */
  final Operand<TFloat32> logits(Ops tf, Operand<TFloat32> points, boolean training) {
    Operand<TFloat32> x = residual.call(tf, tf.nn.relu(in.call(tf, points)));
    return out.call(tf, training ? dropout.call(tf, x) : x);
  }
}
