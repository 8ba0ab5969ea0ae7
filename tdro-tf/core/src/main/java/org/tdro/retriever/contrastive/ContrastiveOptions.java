package org.tdro.retriever.contrastive;

import java.util.Optional;
import org.tdro.retriever.ComputeOptions;
import org.tdro.retriever.RetrieverSpec;

/**
 * Options of how a retriever learns from a batch.
 *
 * @param passagesPerQuery 1 positive and the negatives
 * @param domains number of domains, for the loss of each
 * @param hardOnlyRows whether batches say which rows see their own passages only
 * @param compute how a step is computed
 * @param reference the frozen model that losses are compared with, if they are
 * @param guide the frozen model that tells false negatives, if {@code loss} asks for one
 */
public record ContrastiveOptions(
    ContrastiveLoss loss,
    int passagesPerQuery,
    int domains,
    boolean hardOnlyRows,
    ComputeOptions compute,
    Optional<ContrastiveModel.Reference> reference,
    Optional<RetrieverSpec> guide) {
  public ContrastiveOptions {
    if (passagesPerQuery < 1) {
      throw new IllegalArgumentException(
          "passages per query must be at least 1, was " + passagesPerQuery);
    }
    if (domains < 1) {
      throw new IllegalArgumentException("there must be at least 1 domain, was " + domains);
    }
  }

  /** Creates options without frozen models. */
  public ContrastiveOptions(
      ContrastiveLoss loss,
      int passagesPerQuery,
      int domains,
      boolean hardOnlyRows,
      ComputeOptions compute) {
    this(
        loss, passagesPerQuery, domains, hardOnlyRows, compute, Optional.empty(), Optional.empty());
  }

  /** Returns the same options with losses compared with those of {@code reference}. */
  public ContrastiveOptions against(ContrastiveModel.Reference reference) {
    return new ContrastiveOptions(
        loss, passagesPerQuery, domains, hardOnlyRows, compute, Optional.of(reference), guide);
  }

  /** Returns the same options with false negatives told by {@code model}. */
  public ContrastiveOptions guidedBy(RetrieverSpec model) {
    return new ContrastiveOptions(
        loss, passagesPerQuery, domains, hardOnlyRows, compute, reference, Optional.of(model));
  }
}
