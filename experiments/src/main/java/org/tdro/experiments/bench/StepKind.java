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
  WEIGHT_UPDATE("weight update alone", 0),
  /** A product of two large matrices, as fast as the machine multiplies. */
  MATRIX_PRODUCT("product of matrices", 0);

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
   * Returns the floating-point operations in the products of matrices of a step, 0 if they are not known. A backward pass has two
   * products for each of the forward pass, and a dro step adds the forward pass of the reference. What is computed twice to save memory is not
   * counted.
   */
  long flops(StepLoad load) {
    return this == MATRIX_PRODUCT ? MatrixProduct.FLOPS : passes * load.forwardFlops();
  }
}
