package org.tdro.training.config;

/** A stage of the method; each is the same trainer, configured differently. */
public enum Stage {
  /** Contrastive training with uniform domain weights: the baseline, and the frozen yardstick of the next stage. */
  REFERENCE(false),
  /** A proxy model and the domain weights are learned together against the reference. */
  DRO(true),
  /** Contrastive training with the learned weights. */
  FINETUNE(false);

  private final boolean learnsMixture;

  Stage(boolean learnsMixture) {
    this.learnsMixture = learnsMixture;
  }

  /** Returns whether the weights of a mixture are learned along with the model. */
  public boolean learnsMixture() {
    return learnsMixture;
  }
}
