package org.tdro.export;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The number format of the matrices of an exported model; vectors such as biases and norms keep 32 bits. */
public enum Precision {
  /** As trained: 32 bits. */
  @JsonProperty("fp32")
  FP32(1e-5),
  /** Stored with 16 bits (bfloat16); products of dense layers are computed from and rounded to 16 bits. */
  @JsonProperty("bf16")
  BF16(0.02),
  /**
   * Stored with 8 bits and a scale of 32 bits for each output of a dense layer and each row of an embedding table,
   * symmetric; multiplied with 32 bits.
   */
  @JsonProperty("int8")
  INT8(0.05);

  private final double tolerance;

  Precision(double tolerance) {
    this.tolerance = tolerance;
  }

  /** The largest difference from the trained model's embeddings that is accepted unless another is given. */
  public double tolerance() {
    return tolerance;
  }
}
