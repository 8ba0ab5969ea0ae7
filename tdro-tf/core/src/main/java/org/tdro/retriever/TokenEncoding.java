package org.tdro.retriever;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tdro.data.TokenMatrix;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;

/**
 * Encodes many texts in batches of about equal work, sorted by length so that little is padding. Equal texts are encoded once: matrix
 * products may differ in the last bit between the rows of a batch, and equal documents must have equal scores.
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
    Comparator<int[]> byLength = Comparator.comparingInt(
            (int[] text) -> Math.min(text.length, maxLength))
        .thenComparing((a, b) -> Arrays.compare(
            a, 0, Math.min(a.length, maxLength), b, 0, Math.min(b.length, maxLength)));
    var order = new Integer[texts.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(i -> texts[i], byLength));
    // Where each group of equal texts begins.
    var groups = IntStream.range(0, order.length)
        .filter(i -> i == 0 || byLength.compare(texts[order[i - 1]], texts[order[i]]) != 0)
        .toArray();
    int end = groups.length;
    // The longest first: the largest allocation comes at the start, where a lack of memory shows at
    // once.
    while (end > 0) {
      int longest = Math.max(1, Math.min(maxLength, texts[order[groups[end - 1]]].length));
      int start = Math.max(0, end - Math.max(1, tokensPerBatch / longest));
      var rows = new int[end - start][];
      for (int i = start; i < end; i++) {
        rows[i - start] = texts[order[groups[i]]];
      }
      var part = encoder.apply(TokenMatrix.pad(rows, padId, padMultiple, maxLength));
      for (int i = start; i < end; i++) {
        int next = i + 1 < groups.length ? groups[i + 1] : order.length;
        for (int equal = groups[i]; equal < next; equal++) {
          int at = order[equal] * dimension;
          System.arraycopy(part, (i - start) * dimension, values, at, dimension);
        }
      }
      end = start;
    }
    return new Embeddings(texts.length, dimension, values);
  }
}
