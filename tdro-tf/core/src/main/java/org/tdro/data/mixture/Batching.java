package org.tdro.data.mixture;

/** The way a batch mixes domains. */
public enum Batching {
  /** All rows of a batch come from one domain: in-batch negatives are of its kind. */
  HOMOGENEOUS,
  /** Rows are drawn one by one from all domains. */
  MIXED
}
