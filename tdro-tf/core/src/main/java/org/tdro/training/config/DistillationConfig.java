package org.tdro.training.config;

import org.tdro.io.Checks;

/**
 * Learning from the scores of a cross-encoder, which rows may carry. With temperature T and the loss's own temperature τ, a row's
 * loss is {@code (1 - weight) · InfoNCE + weight · KL(softmax(teacher / T) ‖ softmax(student / τ))} over the row's own passages; rows
 * of domains without scores keep InfoNCE.
 *
 * @param weight share of the divergence; 0 for no distillation
 * @param temperature T; higher makes the teacher's distribution flatter
 */
public record DistillationConfig(double weight, double temperature) {
  public DistillationConfig {
    new Checks().fraction("weight", weight).positive("temperature", temperature).done();
  }

  /** Whether there is any. */
  public boolean isOn() {
    return weight > 0;
  }
}
