package org.tdro.models.lora;

import org.tdro.keras.layers.Dense;

/** Changes the linear maps of a backbone as it is built. */
@FunctionalInterface
public interface Adapters {
  /** Leaves every map as it is. */
  Adapters NONE = (name, in, out, dense) -> (tf, x, pass) -> dense.call(tf, x, pass.computeType());

  /**
   * What stands in the place of a linear map.
   *
   * @param name path of the map's weights
   */
  Linear adapt(String name, int in, int out, Dense dense);
}
