package org.tdro.keras;

import org.tdro.config.Key;

/** The type in which matrix products are computed; weights, sums, norms and updates stay in single precision. */
public enum ComputeType {
  /** Single precision. */
  FLOAT32,
  /**
   * Factors rounded to 8 bits of mantissa, sums of their products in single precision within a product: what Keras calls
   * {@code mixed_bfloat16}. Fast where the processor or GPU has instructions for it.
   */
  @Key("mixed-bfloat16")
  BFLOAT16
}
