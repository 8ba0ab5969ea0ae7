package org.tdro.serving.client;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The meaning of the product of two embeddings. */
public enum Similarity {
  /** The product alone: embeddings have any length. */
  @JsonProperty("dot")
  DOT,
  /** The cosine: embeddings have length 1. */
  @JsonProperty("cosine")
  COSINE
}
