package org.tdro.serving.client;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The integer type of the token ids that a SavedModel takes. */
public enum IdType {
  /** 32 bits. */
  @JsonProperty("int32")
  INT32,
  /** 64 bits, as many clients send. */
  @JsonProperty("int64")
  INT64
}
