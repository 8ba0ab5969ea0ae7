package org.tdro.retriever;

import java.util.List;
import org.tdro.keras.gradcache.GradientCache;
import org.tdro.text.Tokenizer;
import org.tensorflow.Tensor;
import org.tensorflow.types.TInt32;

/**
 * The lengths of texts from the mask of their tokens; inputs are token ids and mask, {@code [texts, width]}.
 *
 * @param multiple widths of chunks are rounded up to a multiple of this
 */
record TokenLengths(int multiple) implements GradientCache.RowLengths {
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
