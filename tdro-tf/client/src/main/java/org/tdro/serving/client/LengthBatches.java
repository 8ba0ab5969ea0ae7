package org.tdro.serving.client;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * Texts in batches of about one length, which need little padding.
 *
 * @param texts number of texts
 * @param most texts in a batch
 */
record LengthBatches(int texts, int most) {
  /**
   * Returns the embeddings of all texts, in their order.
   *
   * @param length of each text
   * @param send returns the embeddings of a batch, in the order of its texts, the shortest first
   */
  float[][] embed(IntUnaryOperator length, Function<Integer[], float[][]> send) {
    var order = new Integer[texts];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingInt(length::applyAsInt));
    var embeddings = new float[texts][];
    for (int from = 0; from < texts; from += most) {
      var batch = Arrays.copyOfRange(order, from, Math.min(texts, from + most));
      var part = send.apply(batch);
      for (int i = 0; i < batch.length; i++) {
        embeddings[batch[i]] = part[i];
      }
    }
    return embeddings;
  }
}
