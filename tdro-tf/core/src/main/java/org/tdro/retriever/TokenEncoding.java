package org.tdro.retriever;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.function.Function;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.Batch;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;
import org.tensorflow.Tensor;

/**
 * Runs many texts through an encoder: sorted by length, so that little is padding, in batches of about equal work.
 *
 * @param tokensPerBatch padding included
 * @param padMultiple lengths are rounded up to a multiple of this
 */
public record TokenEncoding(int tokensPerBatch, int padMultiple) {
  /** Batches that fill two cores and stay small in memory. */
  public static final TokenEncoding DEFAULT = new TokenEncoding(16_384, 8);

  public TokenEncoding {
    if (tokensPerBatch < 1 || padMultiple < 1) {
      throw new IllegalArgumentException("tokens per batch and pad multiple must be at least 1");
    }
  }

  /**
   * The embeddings of texts, in their order.
   *
   * @param texts token ids of each text
   * @param padId fills short rows; what it is does not matter
   * @param maxLength longer texts are cut
   */
  public Embeddings encode(
      EncoderModel model, TextKind kind, int[][] texts, int padId, int maxLength) {
    return encode(
        matrix -> predict(model, kind, matrix), model.spec().dimension(), texts, padId, maxLength);
  }

  /** The same with any encoder: {@code encoder} gives the {@code rows · dimension} numbers of a batch. */
  public Embeddings encode(
      Function<TokenMatrix, float[]> encoder,
      int dimension,
      int[][] texts,
      int padId,
      int maxLength) {
    var values = new float[Math.multiplyExact(texts.length, dimension)];
    var order = new Integer[texts.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingInt(i -> texts[i].length));
    int end = texts.length;
    // The longest first: the largest allocation comes at the start, where a lack of memory shows at
    // once.
    while (end > 0) {
      int longest = Math.max(1, Math.min(maxLength, texts[order[end - 1]].length));
      int start = Math.max(0, end - Math.max(1, tokensPerBatch / longest));
      var rows = new int[end - start][];
      for (int i = start; i < end; i++) {
        rows[i - start] = texts[order[i]];
      }
      var part = encoder.apply(TokenMatrix.pad(rows, padId, padMultiple, maxLength));
      for (int i = start; i < end; i++) {
        System.arraycopy(part, (i - start) * dimension, values, order[i] * dimension, dimension);
      }
      end = start;
    }
    return new Embeddings(texts.length, dimension, values);
  }

  private static float[] predict(EncoderModel model, TextKind kind, TokenMatrix matrix) {
    var tensors = new HashMap<String, Tensor>();
    TokenTensors.put(tensors, EncoderModel.INPUT_IDS, EncoderModel.ATTENTION_MASK, matrix);
    try (var batch = new Batch(tensors, matrix.rows());
        var result = model.predict(kind, batch)) {
      var values = new float[Math.toIntExact(result.size())];
      result.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
