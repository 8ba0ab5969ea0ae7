package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Embedding;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A learned number for each head and each of 32 ranges of distances, added to the scores of attention (Raffel et al. 2020), as MPNet has
 * them: half of the ranges for keys after the query; of a half, 8 for the distances below 8, the rest for logarithmically growing
 * ranges up to 128 and beyond.
 */
final class RelativePositions {
  private static final int RANGES = 32;
  private static final int FARTHEST = 128;

  private final Embedding table;

  /** Adds the table, {@code [32, heads]}. */
  RelativePositions(LayerScope scope, int heads, Initializer initializer) {
    table = new Embedding(scope, RANGES, heads, initializer);
  }

  /** Returns the range of a distance, by which a key precedes a query. */
  static int range(int distance) {
    int half = RANGES / 2;
    int exact = half / 2;
    int first = distance < 0 ? half : 0;
    int away = Math.abs(distance);
    if (away < exact) {
      return first + away;
    }
    // The logarithm in single precision, as the model was trained.
    float share =
        (float) Math.log((float) away / exact) / (float) Math.log((double) FARTHEST / exact);
    return first + Math.min(half - 1, exact + (int) (share * (half - exact)));
  }

  /**
   * Returns what is added to the scores.
   *
   * @param distances {@code [length, length]}
   * @return {@code [1, heads, length, length]}
   */
  Operand<TFloat32> bias(CallContext context, Operand<TInt32> distances) {
    var tf = context.tf();
    var ranges = new int[2 * FARTHEST + 1];
    for (int i = 0; i < ranges.length; i++) {
      ranges[i] = range(i - FARTHEST);
    }
    // All distances from the farthest on have its range.
    var clipped = tf.clipByValue(distances, tf.constant(-FARTHEST), tf.constant(FARTHEST));
    var places = tf.math.add(clipped, tf.constant(FARTHEST));
    var rangeOfEach = tf.gather(tf.constant(ranges), places, tf.constant(0));
    var bias = table.call(context, rangeOfEach);
    return tf.expandDims(
        tf.linalg.transpose(bias, tf.constant(new int[] {2, 0, 1})), tf.constant(0));
  }
}
