package org.tdro.experiments.bench;

import java.util.Arrays;
import java.util.List;

/**
 * The size of a benchmark in seven numbers.
 *
 * @param batch texts of a step, queries and passages together
 * @param length tokens of each text
 * @param hidden width of a token state
 * @param heads attention heads
 * @param feedForward width between the two products of a feed-forward block
 * @param layers transformer layers
 * @param vocabulary token ids
 */
public record EncoderShape(
    int batch, int length, int hidden, int heads, int feedForward, int layers, int vocabulary) {

  /** The format that {@link #parse} reads. */
  public static final String FORMAT = "batch,length,hidden,heads,ff,layers,vocabulary";

  /**
   * Reads seven whole numbers, as in {@code 64,64,256,4,1024,4,8000}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static EncoderShape parse(String text) {
    try {
      var n = Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
      if (n.length == 7) {
        return new EncoderShape(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
    throw new IllegalArgumentException(wrong(text));
  }

  private static String wrong(String text) {
    return "a shape is seven whole numbers " + FORMAT + ", was " + text;
  }

  /**
   * Returns the settings that give a configuration this shape: a transformer without dropout that learns from in-batch
   * negatives, with one micro-batch for each update.
   *
   * @param passagesPerQuery how the texts divide into queries and their passages
   * @throws IllegalArgumentException if they do not divide so
   */
  public List<String> settings(int passagesPerQuery) {
    if (batch < 1 || batch % (1 + passagesPerQuery) != 0) {
      throw new IllegalArgumentException(
          "a batch of %d texts cannot be divided into queries with %d passages each"
              .formatted(batch, passagesPerQuery));
    }
    return List.of(
        "model=mini",
        "model.hidden=" + hidden,
        "model.heads=" + heads,
        "model.feed-forward=" + feedForward,
        "model.layers=" + layers,
        "model.max-positions=" + length,
        "model.dropout=0",
        "model.attention-dropout=0",
        "data.vocabulary=" + vocabulary,
        "data.query-length=" + length,
        "data.passage-length=" + length,
        "data.passages-per-query=" + passagesPerQuery,
        "loss.negatives=in-batch",
        "train.accumulation-steps=1",
        "train.batch-size=" + batch / (1 + passagesPerQuery));
  }
}
