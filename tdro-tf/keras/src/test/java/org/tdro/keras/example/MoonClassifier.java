package org.tdro.keras.example;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.Model;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Tells which moon a point belongs to. */
class MoonClassifier extends Model {
  private final Dense in = new Dense(32).named("in");
  private final Residual residual = new Residual();
  private final Dropout dropout = new Dropout(0.1f);
  private final Dense out = new Dense(2).named("out");

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
  protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
    return logits(context, inputs.floats("points"));
  }

  /** {@code points [rows, 2] -> [rows, 2]}. */
  final Operand<TFloat32> logits(CallContext context, Operand<TFloat32> points) {
    var x = residual.call(context, context.tf().nn.relu(in.call(context, points)));
    return out.call(context, dropout.call(context, x));
  }
}
