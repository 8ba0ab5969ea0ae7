package org.tdro.retrieval;

import org.tdro.models.Architecture;

/**
 * Everything needed to rebuild a retriever around its weights.
 *
 * @param projection size of the embedding behind a linear map without bias; 0 for none
 * @param normalize whether embeddings have unit length, so that their product is the cosine
 */
public record RetrieverSpec(
    Architecture architecture, Pooling pooling, int projection, boolean normalize) {
  public RetrieverSpec {
    if (projection < 0) {
      throw new IllegalArgumentException("projection must be at least 0, was " + projection);
    }
  }

  /** Size of an embedding. */
  public int dimension() {
    return projection > 0 ? projection : architecture.hidden();
  }
}
