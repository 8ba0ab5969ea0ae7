package org.tdro.models;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.RmsNormalization;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Token embeddings, a stack of {@link DecoderBlock}s and a last norm; weights are named as in published checkpoints. */
final class DecoderBackbone implements Backbone {
  private final DecoderArchitecture shape;
  private final Embedding tokens;
  private final List<DecoderBlock> blocks = new ArrayList<>();
  private final RmsNormalization norm;

  DecoderBackbone(LayerScope scope, DecoderArchitecture shape, Adapters adapters) {
    this.shape = shape;
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    tokens =
        new Embedding(scope.under("embed_tokens"), shape.vocabulary(), shape.hidden(), initializer);
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(new DecoderBlock(scope, layer, shape, adapters));
    }
    norm = new RmsNormalization(scope.under("norm"), shape.hidden(), shape.normEpsilon());
  }

  @Override
  public HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    var tf = context.tf();
    var attention = DecoderAttention.of(tf, ids, mask, shape);
    // One matrix of the rows of all texts: products of two matrices have the fastest kernels.
    var x = tf.reshape(tokens.call(context, ids), tf.constant(new int[] {-1, shape.hidden()}));
    var layers = blocks.stream()
        .<Layer<TFloat32>>map(block -> (inner, states) -> block.call(inner, states, attention))
        .toList();
    var rows = HiddenStates.through(layers, context, x);
    return rows.withLast(norm.call(context, rows.last()))
        .map(states -> attention.shape().separate(tf, states, shape.hidden()));
  }

  @Override
  public int hidden() {
    return shape.hidden();
  }
}
