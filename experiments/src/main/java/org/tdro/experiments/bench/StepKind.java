package org.tdro.experiments.bench;

/** A kind of step that is measured. */
public enum StepKind {
  /** Encoding the texts of a step. */
  FORWARD("forward", 1),
  /** A plain contrastive step, the update of the encoder included. */
  TRAIN("train", 3),
  /** A dro step on the same rows. */
  DRO("dro", 4),
  /** The update of the domain weights alone. */
  WEIGHT_UPDATE("weight update alone", 0);

  private final String title;
  private final int passes;

  StepKind(String title, int passes) {
    this.title = title;
    this.passes = passes;
  }

  /** Returns the name in tables. */
  public String title() {
    return title;
  }

  /**
   * Returns how often it computes the matrix products of a forward pass: a backward pass has two products for each of them,
   * and a dro step adds the forward pass of the reference. What is computed twice to save memory is not counted.
   */
  int passes() {
    return passes;
  }
}
