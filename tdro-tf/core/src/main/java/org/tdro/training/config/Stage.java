package org.tdro.training.config;

/** A stage of the method; each is the same trainer, configured differently. */
public enum Stage {
  /** Contrastive training with uniform domain weights: the baseline, and the frozen reference of the next stage. */
  REFERENCE(false),
  /** Training of a proxy model together with the domain weights, against the reference. */
  DRO(true),
  /** Contrastive training with the learned weights. */
  FINETUNE(false);

  private final boolean learnsMixture;

  Stage(boolean learnsMixture) {
    this.learnsMixture = learnsMixture;
  }

  /** Returns whether the stage learns the weights of a mixture along with the model. */
  public boolean learnsMixture() {
    return learnsMixture;
  }
}
