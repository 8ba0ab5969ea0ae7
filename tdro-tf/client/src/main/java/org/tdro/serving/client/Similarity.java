package org.tdro.serving.client;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the product of two embeddings is. */
public enum Similarity {
  /** The product alone: embeddings have any length. */
  @JsonProperty("dot")
  DOT,
  /** The cosine: embeddings have length 1. */
  @JsonProperty("cosine")
  COSINE
}
