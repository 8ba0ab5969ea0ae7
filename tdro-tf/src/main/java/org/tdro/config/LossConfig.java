package org.tdro.config;

import java.util.List;

/**
 * The contrastive loss.
 *
 * @param temperature scores are divided by it
 * @param negatives the passages that a row's positive is compared with
 * @param hardOnlyDomains domains whose rows see only their own passages even where others see the batch
 */
public record LossConfig(double temperature, Negatives negatives, List<String> hardOnlyDomains) {

  /** What stands against the positive. */
  public enum Negatives {
    /** All passages of the batch. */
    IN_BATCH,
    /** The row's own passages. */
    HARD_ONLY
  }

  public LossConfig {
    new Checks().positive("temperature", temperature).done();
  }
}
