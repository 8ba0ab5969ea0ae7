package org.tdro.keras.testing;

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

/** A small network for points of the plane. */
public class Classifier extends Model {
  private final Dense hidden = new Dense(32).named("hidden");
  private final Dense output = new Dense(3).named("output");
  private final Dropout dropout;

  public Classifier(long seed) {
    this(seed, 0);
  }

  public Classifier(long seed, float dropoutRate) {
    super(seed);
    dropout = new Dropout(dropoutRate);
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of(
        new InputSpec("points", TFloat32.class, Shape.of(-1, 2)),
        new InputSpec("labels", TInt32.class, Shape.of(-1)));
  }

  @Override
  protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
    var x = context.tf().nn.relu(hidden.call(context, inputs.floats("points")));
    return output.call(context, dropout.call(context, x));
  }
}
