package org.tdro.retriever.contrastive;

import java.util.List;
import java.util.function.BinaryOperator;
import org.tdro.io.Checks;
import org.tdro.retriever.Encoder;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Loss of embeddings whose first components are to be embeddings as well (Kusupati et al. 2022): that of a row is
 * Σ_d w_d ℓ_d / Σ_d w_d, where ℓ_d sees the first d components of queries and passages and the last d is the whole.
 *
 * @param dimensions the d below the whole size; empty for the whole alone
 * @param weights w_d of each, then that of the whole; empty for 1 each
 */
public record Matryoshka(List<Integer> dimensions, List<Double> weights) {
  /** Whole embeddings alone. */
  public static final Matryoshka NONE = new Matryoshka(List.of(), List.of());

  public Matryoshka {
    dimensions = List.copyOf(dimensions);
    weights = List.copyOf(weights);
    new Checks()
        .that(
            dimensions.stream().allMatch(dimension -> dimension >= 1)
                && dimensions.stream().distinct().count() == dimensions.size(),
            "dimensions must be distinct and at least 1, were " + dimensions)
        .that(
            weights.stream().allMatch(weight -> weight > 0 && Double.isFinite(weight)),
            "weights must be above 0, were " + weights)
        .that(
            weights.isEmpty() || (!dimensions.isEmpty() && weights.size() == dimensions.size() + 1),
            "weights must be one for each of matryoshka-dimensions = " + dimensions
                + " and a last one for the whole, were " + weights)
        .done();
  }

  /**
   * Returns the mean of {@code loss(queries, passages)}, {@code [batch]}, over the dimensions.
   *
   * @param normalize whether truncated embeddings are normalised again
   * @throws IllegalArgumentException if a dimension is not below that of the embeddings
   */
  Operand<TFloat32> mean(
      Ops tf,
      Operand<TFloat32> queries,
      Operand<TFloat32> passages,
      boolean normalize,
      BinaryOperator<Operand<TFloat32>> loss) {
    if (dimensions.isEmpty()) {
      return loss.apply(queries, passages);
    }
    long whole = queries.shape().get(-1);
    var sum = scaled(tf, loss.apply(queries, passages), share(dimensions.size()));
    for (int i = 0; i < dimensions.size(); i++) {
      int dimension = dimensions.get(i);
      if (dimension >= whole) {
        throw new IllegalArgumentException(
            "Matryoshka dimension %d must be below the embeddings' %d".formatted(dimension, whole));
      }
      var cut = loss.apply(
          cut(tf, queries, dimension, normalize), cut(tf, passages, dimension, normalize));
      sum = tf.math.add(sum, scaled(tf, cut, share(i)));
    }
    return sum;
  }

  private double share(int i) {
    return weights.isEmpty()
        ? 1.0 / (dimensions.size() + 1)
        : weights.get(i) / weights.stream().mapToDouble(Double::doubleValue).sum();
  }

  private static Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> values, double factor) {
    return tf.math.mul(values, tf.constant((float) factor));
  }

  private static Operand<TFloat32> cut(
      Ops tf, Operand<TFloat32> embeddings, int dimension, boolean normalize) {
    var first = Encoder.first(tf, embeddings, dimension);
    return normalize ? Encoder.normalize(tf, first) : first;
  }
}
