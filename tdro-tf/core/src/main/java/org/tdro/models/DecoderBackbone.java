package org.tdro.models;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.Pass;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.RmsNormalization;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** Token embeddings, a stack of {@link DecoderBlock}s and a last norm; weights are named as in published checkpoints. */
final class DecoderBackbone implements Backbone {
  private final DecoderArchitecture shape;
  private final Embedding tokens;
  private final List<DecoderBlock> blocks = new ArrayList<>();
  private final RmsNormalization norm;

  DecoderBackbone(
      Variables variables,
      DecoderArchitecture shape,
      Adapters adapters,
      long seed,
      StepCounter counter) {
    this.shape = shape;
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    tokens =
        new Embedding(variables, "embed_tokens", shape.vocabulary(), shape.hidden(), initializer);
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(new DecoderBlock(variables, layer, shape, adapters, seed + layer, counter));
    }
    norm = new RmsNormalization(variables, "norm", shape.hidden(), shape.normEpsilon());
  }

  @Override
  public HiddenStates call(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Pass pass) {
    var attention = DecoderAttention.of(tf, ids, mask, shape);
    // Rows of all texts under each other: dense products of two matrices are the fastest kernels.
    var x = tf.reshape(tokens.call(tf, ids), tf.constant(new int[] {-1, shape.hidden()}));
    var layers = blocks.stream()
        .<Layer>map(block -> (ops, states) -> block.call(ops, states, attention, pass))
        .toList();
    var rows = new BlockStack(layers).call(tf, x, pass);
    return rows.withLast(norm.call(tf, rows.last()))
        .map(states -> attention.shape().separate(tf, states, shape.hidden()));
  }

  @Override
  public int hidden() {
    return shape.hidden();
  }
}
