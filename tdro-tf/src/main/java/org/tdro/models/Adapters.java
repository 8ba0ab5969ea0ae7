package org.tdro.models;

import org.tdro.keras.Layer;

/** Changes the linear maps of a backbone as it is built. */
@FunctionalInterface
public interface Adapters {
  /** Leaves every map as it is. */
  Adapters NONE = (name, in, out, linear) -> linear;

  /**
   * What stands in the place of a linear map.
   *
   * @param name path of the map's weights
   * @param linear {@code [rows, in] -> [rows, out]}, as is what is returned
   */
  Layer adapt(String name, int in, int out, Layer linear);
}
