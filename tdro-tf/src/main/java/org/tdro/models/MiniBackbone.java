package org.tdro.models;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.Dimension;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.Pass;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.LayerNormalization;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Embeddings and a stack of {@link TransformerBlock}s. */
final class MiniBackbone implements Backbone {
  private static final float NORM_EPSILON = 1e-12f;

  private final Embedding tokens;
  private final Weight positions;
  private final LayerNormalization norm;
  private final Dropout dropout;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final int hidden;

  MiniBackbone(Variables variables, MiniArchitecture shape, long seed, StepCounter counter) {
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    hidden = shape.hidden();
    tokens = new Embedding(variables, "embeddings/tokens", shape.vocabulary(), hidden, initializer);
    positions =
        variables.add("embeddings/positions", Shape.of(shape.maxPositions(), hidden), initializer);
    norm = new LayerNormalization(variables, "embeddings/norm", hidden, NORM_EPSILON);
    dropout = new Dropout(shape.dropout(), seed, counter);
    for (int i = 0; i < shape.layers(); i++) {
      blocks.add(new TransformerBlock(
          variables, "layers/" + i, shape, initializer, seed + 3L * i + 1, counter));
    }
  }

  @Override
  public HiddenStates call(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Pass pass) {
    var sliceShape = tf.stack(List.of(Dimension.of(tf, ids, 1), tf.constant(hidden)));
    var positionRows = tf.slice(positions.read(tf), tf.constant(new int[] {0, 0}), sliceShape);
    var embedded = tf.math.add(tokens.call(tf, ids), positionRows);
    var attention = AttentionShape.of(tf, ids, mask);
    // Rows of all texts under each other: dense products of two matrices are the fastest kernels.
    Operand<TFloat32> x = norm.call(tf, tf.reshape(embedded, tf.constant(new int[] {-1, hidden})));
    if (pass.training()) {
      x = dropout.call(tf, x);
    }
    var first = x;
    var secondLast = x;
    for (var block : blocks) {
      secondLast = x;
      Layer layer = (ops, states) -> block.call(ops, states, attention, pass.training());
      x = pass.call(tf, layer, x);
    }
    return new HiddenStates(
        attention.separate(tf, first, hidden),
        attention.separate(tf, secondLast, hidden),
        attention.separate(tf, x, hidden));
  }

  @Override
  public int hidden() {
    return hidden;
  }
}
