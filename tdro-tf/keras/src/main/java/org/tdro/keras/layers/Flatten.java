package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Every example as one row. {@code [batch, ...] -> [batch, features]}. */
public final class Flatten extends NamedLayer<TFloat32> {

  /** A layer without settings. */
  public Flatten() {
    super("flatten");
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    if (input.isUnknown() || input.numDimensions() < 1 || input.tail().hasUnknownDimension()) {
      throw new IllegalArgumentException("the layer " + scope.path()
          + " needs inputs whose shape is known but for the batch, was " + input);
    }
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    return tf.reshape(x, tf.constant(new long[] {-1, x.shape().tail().size()}));
  }
}
