package org.tdro.training.config;

/** How a rate moves over the steps of a run. */
public enum ScheduleKind {
  /** Always the peak; has no warm-up. */
  CONSTANT,
  /** Up to the peak in the warm-up, then a straight line down to the minimum. */
  LINEAR,
  /** Up to the peak in the warm-up, then half a cosine wave down to the minimum. */
  COSINE,
  /** Up to the peak in the warm-up, then constant. */
  CONSTANT_WITH_WARMUP
}
