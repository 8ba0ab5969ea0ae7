package org.tdro.experiments.bench;

/** The lengths of the texts that a benchmark reads. */
public enum TextLengths {
  /** All texts have the longest length, so that there is no padding; their tokens are synthetic. */
  FIXED,
  /** Texts are those of the configuration's rows, in the batches in which training would read them. */
  REAL
}
