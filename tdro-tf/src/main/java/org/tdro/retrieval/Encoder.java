package org.tdro.retrieval;

import org.tdro.keras.Initializer;
import org.tdro.keras.Pass;
import org.tdro.keras.SequenceEncoder;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Dense;
import org.tdro.models.Backbone;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Token ids to embeddings: backbone, pooling, projection, normalisation. Queries and passages share its weights. */
public final class Encoder implements SequenceEncoder {
  private static final float SMALLEST_NORM = 1e-12f;

  private final RetrieverSpec spec;
  private final Backbone backbone;
  private final Dense projection;

  /** Adds the weights of a retriever of that shape to {@code variables}. */
  public Encoder(Variables variables, RetrieverSpec spec, long seed, StepCounter counter) {
    this.spec = spec;
    backbone = spec.architecture().build(variables, seed, counter);
    projection = spec.projection() == 0
        ? null
        : new Dense(
            variables,
            "projection",
            backbone.hidden(),
            spec.projection(),
            Initializer.glorotUniform(),
            false);
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Pass pass) {
    var pooled = spec.pooling().call(tf, backbone.call(tf, ids, mask, pass), mask);
    var embedding = projection == null ? pooled : projection.call(tf, pooled);
    return spec.normalize() ? normalize(tf, embedding) : embedding;
  }

  @Override
  public int dimension() {
    return spec.dimension();
  }

  /** Each row divided by its length, or by 1e-12 where it is shorter than that. */
  static Operand<TFloat32> normalize(Ops tf, Operand<TFloat32> rows) {
    var squares =
        tf.sum(tf.math.square(rows), tf.constant(-1), org.tensorflow.op.core.Sum.keepDims(true));
    var floor = tf.constant(SMALLEST_NORM * SMALLEST_NORM);
    return tf.math.mul(rows, tf.math.rsqrt(tf.math.maximum(squares, floor)));
  }
}
