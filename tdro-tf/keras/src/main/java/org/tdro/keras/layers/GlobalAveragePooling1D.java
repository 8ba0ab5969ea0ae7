package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** The mean of each channel over a sequence. {@code [batch, length, channels] -> [batch, channels]}. */
public final class GlobalAveragePooling1D extends NamedLayer<TFloat32> {

  /** A layer without settings. */
  public GlobalAveragePooling1D() {
    super("global_average_pooling1d");
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    Windows.channels(scope, input);
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    return context.tf().math.mean(x, context.tf().constant(1));
  }
}
