package org.tdro.data.mixture;

/** How a batch mixes domains. */
public enum Batching {
  /** All rows of a batch come from one domain: in-batch negatives are of its kind. */
  HOMOGENEOUS,
  /** Each row's domain is drawn by itself. */
  MIXED
}
