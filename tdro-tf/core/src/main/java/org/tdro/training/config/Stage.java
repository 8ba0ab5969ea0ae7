package org.tdro.training.config;

/** The three stages of the method; each is the same trainer, configured differently. */
public enum Stage {
  /** Contrastive training with uniform domain weights: the baseline, and the frozen yardstick of the next stage. */
  REFERENCE,
  /** A proxy model and the domain weights are learned together against the reference. */
  DRO,
  /** Contrastive training with the learned weights. */
  FINETUNE
}
