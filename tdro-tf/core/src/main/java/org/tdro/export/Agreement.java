package org.tdro.export;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.tdro.retriever.Retriever;
import org.tdro.serving.client.TextSignature;
import org.tdro.text.TextKind;

/**
 * The largest and mean differences between the embeddings and scores of an exported model and those of the trained one.
 *
 * @param largest difference of a component of an embedding, in units of the trained embedding's length, or of a score, in units of
 *     the product of both lengths
 * @param largestCosine 1 − cosine of the two embeddings of a text, the largest of the texts
 * @param meanCosine the mean of it
 */
public record Agreement(double largest, double largestCosine, double meanCosine) {

  /**
   * The embeddings that the trained model computes.
   *
   * @param queries an embedding of each text as a query
   * @param passages an embedding of each as a passage
   * @param strings embeddings of the texts given as strings, by signature
   * @param defaultSignature what {@code serving_default} is
   */
  @SuppressWarnings("ArrayRecordComponent") // compared number by number
  record Trained(
      float[][] queries,
      float[][] passages,
      Map<String, float[][]> strings,
      DefaultSignature defaultSignature) {

    /**
     * Encodes the token ids of texts as queries and as passages.
     *
     * @param ids of texts as strings, by signature; as many of them as there are texts are encoded
     */
    static Trained of(
        Retriever retriever,
        int[][] texts,
        Map<TextSignature, int[][]> ids,
        DefaultSignature defaultSignature) {
      var strings = new HashMap<String, float[][]>();
      ids.forEach((signature, rows) -> strings.put(
          signature.key(), rows(retriever, signature.kind(), Arrays.copyOf(rows, texts.length))));
      return new Trained(
          rows(retriever, TextKind.QUERY, texts),
          rows(retriever, TextKind.PASSAGE, texts),
          strings,
          defaultSignature);
    }

    private static float[][] rows(Retriever retriever, TextKind kind, int[][] texts) {
      var embeddings = retriever.encode(kind, texts);
      var rows = new float[texts.length][];
      Arrays.setAll(rows, embeddings::row);
      return rows;
    }

    private float[][] of(String signature) {
      var key = signature.equals(RetrieverSignatures.DEFAULT) ? defaultSignature.key() : signature;
      return strings.getOrDefault(
          key, key.equals(RetrieverSignatures.ENCODE_PASSAGE) ? passages : queries);
    }
  }

  /**
   * Compares an export with the trained model.
   *
   * @param exported what the export computes
   * @throws IllegalStateException if the export's shape is another one
   */
  static Agreement of(Trained trainedModel, ExportCheck.Result exported) {
    double largest = 0;
    double largestCosine = 0;
    double sum = 0;
    int count = 0;
    for (var entry : exported.embeddings().entrySet()) {
      var trained = trainedModel.of(entry.getKey());
      var embeddings = entry.getValue();
      requireSize(embeddings.length, trained.length);
      for (int i = 0; i < trained.length; i++) {
        requireSize(embeddings[i].length, trained[i].length);
        double cosine = product(trained[i], embeddings[i])
            / Math.sqrt(product(trained[i], trained[i]) * product(embeddings[i], embeddings[i]));
        largest = max(largest, difference(trained[i], embeddings[i]));
        largestCosine = max(largestCosine, Math.max(0, 1 - cosine));
        sum += Math.max(0, 1 - cosine);
        count++;
      }
    }
    return new Agreement(
        max(largest, scores(trainedModel, exported.scores())), largestCosine, sum / count);
  }

  private static double difference(float[] trained, float[] exported) {
    double largest = 0;
    for (int i = 0; i < trained.length; i++) {
      largest = max(largest, Math.abs(exported[i] - trained[i]));
    }
    return largest / Math.sqrt(product(trained, trained));
  }

  private static double scores(Trained trained, float[][] scores) {
    double largest = 0;
    var queries = trained.queries();
    var passages = trained.passages();
    requireSize(scores.length, queries.length);
    for (int q = 0; q < queries.length; q++) {
      requireSize(scores[q].length, passages.length);
      for (int p = 0; p < passages.length; p++) {
        double lengths =
            Math.sqrt(product(queries[q], queries[q]) * product(passages[p], passages[p]));
        double difference = Math.abs(scores[q][p] - product(queries[q], passages[p]));
        largest = max(largest, difference / lengths);
      }
    }
    return largest;
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Returns the larger number, infinity for NaN: a result that is not a number must not pass for a small one. */
  private static double max(double a, double b) {
    return Double.isNaN(b) ? Double.POSITIVE_INFINITY : Math.max(a, b);
  }

  private static void requireSize(int size, int expected) {
    if (size != expected) {
      throw new IllegalStateException(
          "the exported model returned %d rows or numbers, not %d".formatted(size, expected));
    }
  }
}
