package org.tdro.retriever;

import java.util.Optional;
import org.tdro.keras.Chunking;
import org.tdro.keras.ComputeType;

/**
 * How a step is computed: what it costs in time and memory, and not what it minimises.
 *
 * @param chunking of the texts of a batch, so that only the activations of a chunk are in memory at a time; empty encodes
 *     them at once
 * @param gradientCheckpointing whether layers keep only their inputs in memory and are run again in the backward pass
 * @param computeType of the products of matrices in the encoder
 */
public record ComputeOptions(
    Optional<Chunking> chunking, boolean gradientCheckpointing, ComputeType computeType) {
  /** All texts at once, all activations kept, single precision. */
  public static final ComputeOptions PLAIN =
      new ComputeOptions(Optional.empty(), false, ComputeType.FLOAT32);
}
