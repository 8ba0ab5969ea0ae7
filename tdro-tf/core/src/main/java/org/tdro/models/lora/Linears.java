package org.tdro.models.lora;

import org.tdro.keras.Initializer;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Dense;

/** Adds the linear maps of a backbone's blocks. */
public record Linears(Variables variables, Adapters adapters, Initializer initializer) {

  /** {@code [rows, in] -> [rows, out]}. */
  public Linear add(String name, int in, int out, boolean bias) {
    return adapters.adapt(name, in, out, new Dense(variables, name, in, out, initializer, bias));
  }
}
