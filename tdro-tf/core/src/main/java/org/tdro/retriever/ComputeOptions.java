package org.tdro.retriever;

import org.tdro.keras.ComputeType;
import org.tdro.keras.Execution;
import org.tdro.keras.gradcache.GradientCache;

/**
 * How a step is computed: what it costs in time and memory, and not what it minimises.
 *
 * @param execution of a step: in one run, or in chunks
 * @param gradientCheckpointing whether layers keep only their inputs in memory and are run again in the backward pass
 * @param computeType of the products of matrices in the encoder
 */
public record ComputeOptions(
    Execution execution, boolean gradientCheckpointing, ComputeType computeType) {
  /** All texts at once, all activations kept, single precision. */
  public static final ComputeOptions PLAIN =
      new ComputeOptions(Execution.direct(), false, ComputeType.FLOAT32);

  /**
   * Returns an execution that encodes the texts of a batch in chunks, so that only the activations of one chunk are in memory at
   * a time.
   *
   * @param texts of a chunk
   * @param lengthMultiple a chunk is as wide as its longest text, rounded up to a multiple of this
   */
  public static Execution inChunks(int texts, int lengthMultiple) {
    return GradientCache.of(texts).sortedBy(new TokenLengths(lengthMultiple));
  }
}
