package org.tdro.retriever;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import org.tdro.data.TokenMatrix;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;

/**
 * Encodes many texts in batches of about equal work, sorted by length so that little is padding.
 *
 * @param tokensPerBatch the most tokens of a batch, padding included
 * @param padMultiple lengths are padded to a multiple of this
 */
public record TokenEncoding(int tokensPerBatch, int padMultiple) {
  /** The usual batches: large enough for two cores, and small enough for their caches. */
  public static final TokenEncoding DEFAULT = new TokenEncoding(4096, 8);

  public TokenEncoding {
    if (tokensPerBatch < 1 || padMultiple < 1) {
      throw new IllegalArgumentException("tokensPerBatch and padMultiple must be at least 1, were "
          + tokensPerBatch + " and " + padMultiple);
    }
  }

  /**
   * Returns the embeddings of texts, in their order.
   *
   * @param texts token ids of each text
   * @param padId any id, which fills short rows and is masked out
   * @param maxLength longer texts are truncated
   */
  public Embeddings encode(
      EncoderModel model, TextKind kind, int[][] texts, int padId, int maxLength) {
    return encode(
        matrix -> model.embed(kind, matrix), model.spec().dimension(), texts, padId, maxLength);
  }

  /**
   * Returns the embeddings that any encoder gives texts, in their order.
   *
   * @param encoder returns the embeddings of a batch, {@code [rows, dimension]} row-major
   */
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
}
