package org.tdro.retriever;

import java.util.List;
import org.tdro.keras.ComputeType;
import org.tdro.keras.Execution;
import org.tdro.keras.gradcache.GradientCache;
import org.tdro.text.Tokenizer;
import org.tensorflow.Tensor;
import org.tensorflow.types.TInt32;

/**
 * Options that decide what a training step costs in time and memory, not what it minimises.
 *
 * @param execution of a step: in one run, in groups of texts within it, or in chunks
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

  /**
   * Returns an execution that encodes the texts of a batch in groups of like length, within the one run of a step.
   *
   * @param groups of the queries, and as many of the passages, at least 2
   * @param lengthMultiple a group is as wide as its longest text, rounded up to a multiple of this
   */
  public static Execution inLengthGroups(int groups, int lengthMultiple) {
    return new LengthGroups(groups, lengthMultiple);
  }

  /**
   * The lengths of texts from the mask of their tokens; inputs are token ids and mask, {@code [texts, width]}.
   *
   * @param multiple widths of chunks are rounded up to a multiple of this
   */
  private record TokenLengths(int multiple) implements GradientCache.RowLengths {
    TokenLengths {
      if (multiple < 1) {
        throw new IllegalArgumentException(
            "the multiple of lengths must be at least 1, was " + multiple);
      }
    }

    @Override
    public int[] of(List<Tensor> inputs) {
      var mask = (TInt32) inputs.get(1);
      int width = Math.toIntExact(mask.shape().get(1));
      var present = new int[Math.toIntExact(mask.size())];
      mask.asRawTensor().data().asInts().read(present);
      var lengths = new int[Math.toIntExact(mask.shape().get(0))];
      for (int row = 0; row < lengths.length; row++) {
        int length = width;
        while (length > 1 && present[row * width + length - 1] == 0) {
          length--;
        }
        lengths[row] = length;
      }
      return lengths;
    }

    @Override
    public int width(int longest) {
      return Tokenizer.paddedLength(longest, multiple, Integer.MAX_VALUE);
    }
  }
}
