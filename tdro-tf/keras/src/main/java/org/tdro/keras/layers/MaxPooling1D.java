package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** The largest value of each channel in each window of a sequence. {@code [batch, length, channels] -> [batch, windows, channels]}. */
public final class MaxPooling1D extends NamedLayer<TFloat32> {
  private final Windows windows;

  /** A layer with windows side by side. */
  public MaxPooling1D(int size) {
    this(size, size);
  }

  /** A layer with windows of {@code size} places that move by {@code stride}; places at the end that fill none are left out. */
  public MaxPooling1D(int size, int stride) {
    super("max_pooling1d");
    windows = new Windows(size, stride);
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    Windows.channels(scope, input);
    windows.checkLength(scope, input);
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    return windows.places(tf, x).stream().reduce(tf.math::maximum).orElseThrow();
  }
}
