package org.tdro.experiments.bench;

import java.util.Arrays;
import java.util.List;
import org.tdro.data.TokenMatrix;
import org.tdro.models.Architecture;

/**
 * What a step reads.
 *
 * @param tokens number of tokens, without padding
 * @param padding number of positions of the batch that are padding
 * @param forwardFlops floating-point operations of the encoder's matrix products in a forward pass over the tokens
 */
public record StepLoad(long tokens, long padding, long forwardFlops) {

  static StepLoad of(List<TokenMatrix> texts, Architecture architecture) {
    long tokens = 0;
    long positions = 0;
    long flops = 0;
    for (var matrix : texts) {
      tokens += Arrays.stream(matrix.lengths()).asLongStream().sum();
      positions += (long) matrix.rows() * matrix.length();
      flops += Arrays.stream(matrix.lengths())
          .mapToLong(length -> architecture.forwardFlops(1, length))
          .sum();
    }
    return new StepLoad(tokens, positions - tokens, flops);
  }
}
