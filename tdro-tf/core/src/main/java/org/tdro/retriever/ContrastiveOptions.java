package org.tdro.retriever;

/**
 * How a retriever learns from a batch.
 *
 * @param passagesPerQuery 1 positive and the negatives
 * @param domains number of domains, for the loss of each
 * @param hardOnlyRows whether batches say which rows see their own passages only
 * @param compute how a step is computed
 */
public record ContrastiveOptions(
    ContrastiveLoss loss,
    int passagesPerQuery,
    int domains,
    boolean hardOnlyRows,
    ComputeOptions compute) {
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
