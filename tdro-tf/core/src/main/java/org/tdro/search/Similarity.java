package org.tdro.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How well a passage answers a query, by their embeddings. */
public enum Similarity {
  /** The cosine of the angle between them. */
  @JsonProperty("cosine")
  COSINE,
  /** Their dot product. */
  @JsonProperty("dot")
  DOT
}
