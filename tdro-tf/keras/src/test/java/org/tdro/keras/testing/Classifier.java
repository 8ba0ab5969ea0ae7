package org.tdro.keras.testing;

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

/** A small network for points of the plane. */
public final class Classifier extends Model {
  private final Dense hidden = new Dense(variables(), "hidden", 2, 32, Initializer.glorotUniform());
  private final Dense output = new Dense(variables(), "output", 32, 3, Initializer.glorotUniform());
  private final Dropout dropout;

  public Classifier(long seed) {
    this(seed, 0);
  }

  public Classifier(long seed, float dropoutRate) {
    super(seed);
    dropout = new Dropout(dropoutRate, seed, counter());
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of(
        new InputSpec("points", TFloat32.class, Shape.of(-1, 2)),
        new InputSpec("labels", TInt32.class, Shape.of(-1)));
  }

  @Override
  protected Operand<TFloat32> call(Ops tf, Inputs inputs, boolean training) {
    Operand<TFloat32> x = tf.nn.relu(hidden.call(tf, inputs.floats("points")));
    if (training) {
      x = dropout.call(tf, x);
    }
    return output.call(tf, x);
  }
}
