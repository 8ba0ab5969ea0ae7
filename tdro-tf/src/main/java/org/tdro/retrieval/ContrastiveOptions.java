package org.tdro.retrieval;

import java.util.Optional;
import org.tdro.keras.Chunking;

/**
 * How a retriever learns from a batch.
 *
 * @param passagesPerQuery 1 positive and the negatives
 * @param domains number of domains, for the loss of each
 * @param hardOnlyRows whether batches say which rows see their own passages only
 * @param chunking of the texts of a batch, so that only the activations of a chunk are in memory at a time; empty encodes
 *     them at once
 * @param gradientCheckpointing whether layers keep only their inputs in memory and are run again in the backward pass
 */
public record ContrastiveOptions(
    ContrastiveLoss loss,
    int passagesPerQuery,
    int domains,
    boolean hardOnlyRows,
    Optional<Chunking> chunking,
    boolean gradientCheckpointing) {
  public ContrastiveOptions {
    if (passagesPerQuery < 1) {
      throw new IllegalArgumentException(
          "passages per query must be at least 1, was " + passagesPerQuery);
    }
    if (domains < 1) {
      throw new IllegalArgumentException("there must be at least 1 domain, was " + domains);
    }
  }
}
