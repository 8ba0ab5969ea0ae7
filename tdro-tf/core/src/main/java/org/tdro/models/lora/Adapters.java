package org.tdro.models.lora;

import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Dense;
import org.tensorflow.types.TFloat32;

/** A change of the linear maps of a backbone while it is built. */
@FunctionalInterface
public interface Adapters {
  /** Leaves every map as it is. */
  Adapters NONE = dense -> dense;

  /** Returns the layer that replaces a linear map {@code [rows, in] -> [rows, out]}. */
  Layer<TFloat32> adapt(Dense dense);

  /**
   * Returns a linear map with weights of its own, adapted if it is to be.
   *
   * @param scope of its weights
   */
  default Layer<TFloat32> dense(
      LayerScope scope, int in, int out, Initializer initializer, boolean bias) {
    return adapt(new Dense(scope, in, out, initializer, bias));
  }
}
