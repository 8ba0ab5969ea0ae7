package org.tdro.text;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The measure by which the embeddings of a query and a passage are compared. */
public enum Similarity {
  /** The cosine of the angle between them; a retriever of this kind returns embeddings of length 1. */
  @JsonProperty("cosine")
  COSINE,
  /** Their dot product. */
  @JsonProperty("dot")
  DOT
}
