package org.tdro.models.lora;

import org.tdro.keras.Layer;
import org.tdro.keras.layers.Dense;
import org.tensorflow.types.TFloat32;

/** Changes the linear maps of a backbone as it is built. */
@FunctionalInterface
public interface Adapters {
  /** Leaves every map as it is. */
  Adapters NONE = dense -> dense;

  /** Returns what takes the place of a linear map {@code [rows, in] -> [rows, out]}. */
  Layer<TFloat32> adapt(Dense dense);
}
