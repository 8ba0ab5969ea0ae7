package org.tdro.models;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.LayerNormalization;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Embeddings and a stack of {@link BertBlock}s; weights are named as in published checkpoints. */
public final class BertBackbone implements Backbone {
  private final BertArchitecture shape;
  private final Embedding tokens;
  private final Embedding positions;
  private final Embedding types;
  private final LayerNormalization norm;
  private final Dropout dropout;
  private final List<BertBlock> blocks = new ArrayList<>();

  BertBackbone(LayerScope scope, BertArchitecture shape, Adapters adapters) {
    this.shape = shape;
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    int hidden = shape.hidden();
    tokens = new Embedding(
        scope.under("embeddings/word_embeddings"), shape.vocabulary(), hidden, initializer);
    positions = new Embedding(
        scope.under("embeddings/position_embeddings"),
        shape.positionEmbeddings(),
        hidden,
        initializer);
    types = shape.typeVocabulary() == 0
        ? null
        : new Embedding(
            scope.under("embeddings/token_type_embeddings"),
            shape.typeVocabulary(),
            hidden,
            initializer);
    norm = new LayerNormalization(scope.under("embeddings/LayerNorm"), hidden, shape.normEpsilon());
    dropout = new Dropout(scope.under("embeddings/dropout"), shape.hiddenDropout());
    for (int i = 0; i < shape.layers(); i++) {
      blocks.add(new BertBlock(scope.under("encoder/layer/" + i), shape, adapters));
    }
  }

  @Override
  public HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    return call(context, ids, mask, context.tf().zerosLike(ids));
  }

  /**
   * Returns the hidden states of a batch whose tokens have types.
   *
   * @param tokenTypes {@code [batch, length]}, below {@link BertArchitecture#typeVocabulary()}
   */
  public HiddenStates call(
      CallContext context, Operand<TInt32> ids, Operand<TInt32> mask, Operand<TInt32> tokenTypes) {
    var tf = context.tf();
    Operand<TFloat32> embedded =
        tf.math.add(tokens.call(context, ids), positions.call(context, positionIds(tf, ids, mask)));
    if (types != null) {
      embedded = tf.math.add(embedded, types.call(context, tokenTypes));
    }
    var attention = AttentionShape.of(tf, ids, mask);
    // One matrix of the rows of all texts: products of two matrices have the fastest kernels.
    Operand<TFloat32> x =
        norm.call(context, tf.reshape(embedded, tf.constant(new int[] {-1, shape.hidden()})));
    x = dropout.call(context, x);
    var layers = blocks.stream()
        .<Layer<TFloat32>>map(block -> (inner, states) -> block.call(inner, states, attention))
        .toList();
    var rows = HiddenStates.through(layers, context, x);
    return rows.map(states -> attention.separate(tf, states, shape.hidden()));
  }

  /**
   * Returns the positions of tokens, {@code [batch, length]}. They count tokens and not columns, so padding on either side gives
   * the same; RoBERTa's skip the padding id also where the mask is 1.
   */
  private Operand<TInt32> positionIds(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask) {
    int padding = shape.positionPaddingId();
    var counted = padding == BertArchitecture.COUNT_ALL
        ? mask
        : tf.math.mul(
            mask, tf.dtypes.cast(tf.math.notEqual(ids, tf.constant(padding)), TInt32.class));
    // Sums over the few columns of a text are exact as integers.
    var number = tf.math.mul(tf.math.cumsum(counted, tf.constant(1)), counted);
    var position = tf.math.add(number, tf.constant(padding));
    return tf.math.maximum(position, tf.constant(0));
  }

  @Override
  public int hidden() {
    return shape.hidden();
  }
}
