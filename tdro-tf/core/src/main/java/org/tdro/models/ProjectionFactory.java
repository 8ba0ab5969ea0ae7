package org.tdro.models;

import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Dense;
import org.tdro.models.lora.Adapters;
import org.tensorflow.types.TFloat32;

/** Adds the linear maps of a backbone's blocks. */
record ProjectionFactory(Adapters adapters, Initializer initializer) {

  /** Returns a map {@code [rows, in] -> [rows, out]} with weights at {@code name} in {@code scope}, adapted if it is to be. */
  Layer<TFloat32> add(LayerScope scope, String name, int in, int out, boolean bias) {
    return adapters.adapt(new Dense(scope.under(name), in, out, initializer, bias));
  }
}
