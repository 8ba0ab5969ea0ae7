package org.tdro.retriever;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.tdro.models.Architecture;
import org.tdro.models.lora.Lora;

/**
 * Everything needed to rebuild a retriever around its weights.
 *
 * @param projection components after a linear map without bias that follows the pooling; 0 for no such map
 * @param normalize whether embeddings have unit length, so that their product is the cosine
 * @param dimension components of an embedding, the first ones of the whole; 0 for all of them
 * @param untied whether queries and passages have encoders of their own
 * @param lora which of the backbone's maps are adapted, all its other weights being frozen; it gets the usual ones of the
 *     architecture where it names none
 */
public record RetrieverSpec(
    Architecture architecture,
    Pooling pooling,
    int projection,
    boolean normalize,
    int dimension,
    boolean untied,
    Lora lora) {
  public RetrieverSpec {
    // Null where a file does not have it; without a rank the other settings have no meaning.
    lora = lora == null || !lora.adapts() ? Lora.NONE : architecture.adaptation(lora);
    if (projection < 0) {
      throw new IllegalArgumentException("projection must be at least 0, was " + projection);
    }
    int whole = whole(architecture, projection);
    if (dimension < 0 || dimension > whole) {
      throw new IllegalArgumentException(
          "dimension must be from 1 to %d, was %d".formatted(whole, dimension));
    }
    dimension = dimension == 0 ? whole : dimension;
  }

  /** Creates a spec with whole embeddings, one encoder for both sides and no adapters. */
  public RetrieverSpec(
      Architecture architecture, Pooling pooling, int projection, boolean normalize) {
    this(architecture, pooling, projection, normalize, 0, false, Lora.NONE);
  }

  private static int whole(Architecture architecture, int projection) {
    return projection > 0 ? projection : architecture.hidden();
  }

  /** Size of an embedding before it is cut. */
  public int wholeDimension() {
    return whole(architecture, projection);
  }

  /** Whether embeddings are truncated, which happens before they are normalised. */
  @JsonIgnore
  public boolean isCut() {
    return dimension < wholeDimension();
  }

  /**
   * Returns a spec of the same weights with smaller embeddings.
   *
   * @throws IllegalArgumentException if {@code dimension} is below 1 or above {@link #wholeDimension}
   */
  RetrieverSpec cut(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "dimension must be from 1 to %d, was %d".formatted(wholeDimension(), dimension));
    }
    return new RetrieverSpec(architecture, pooling, projection, normalize, dimension, untied, lora);
  }

  /** Returns the same with other adapters. */
  public RetrieverSpec with(Lora lora) {
    return new RetrieverSpec(architecture, pooling, projection, normalize, dimension, untied, lora);
  }

  /** Returns the same with one encoder for both sides, or one for each. */
  public RetrieverSpec untied(boolean untied) {
    return new RetrieverSpec(architecture, pooling, projection, normalize, dimension, untied, lora);
  }

  /** Returns the same with another pooling. */
  public RetrieverSpec with(Pooling pooling) {
    return new RetrieverSpec(architecture, pooling, projection, normalize, dimension, untied, lora);
  }

  /** Returns the same with or without normalisation. */
  public RetrieverSpec normalized(boolean normalize) {
    return new RetrieverSpec(architecture, pooling, projection, normalize, dimension, untied, lora);
  }
}
