package org.tdro.models;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.Pass;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
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

  BertBackbone(
      Variables variables,
      BertArchitecture shape,
      Adapters adapters,
      long seed,
      StepCounter counter) {
    this.shape = shape;
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    int hidden = shape.hidden();
    tokens = new Embedding(
        variables, "embeddings/word_embeddings", shape.vocabulary(), hidden, initializer);
    positions = new Embedding(
        variables,
        "embeddings/position_embeddings",
        shape.positionEmbeddings(),
        hidden,
        initializer);
    types = shape.typeVocabulary() == 0
        ? null
        : new Embedding(
            variables,
            "embeddings/token_type_embeddings",
            shape.typeVocabulary(),
            hidden,
            initializer);
    norm = new LayerNormalization(variables, "embeddings/LayerNorm", hidden, shape.normEpsilon());
    dropout = new Dropout(shape.hiddenDropout(), seed, counter);
    for (int i = 0; i < shape.layers(); i++) {
      blocks.add(new BertBlock(
          variables, "encoder/layer/" + i, shape, adapters, seed + 3L * i + 1, counter));
    }
  }

  @Override
  public HiddenStates call(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Pass pass) {
    return call(tf, ids, mask, tf.zerosLike(ids), pass);
  }

  /**
   * As {@link #call(Ops, Operand, Operand, Pass)}, with types of the tokens.
   *
   * @param tokenTypes {@code [batch, length]}, below {@link BertArchitecture#typeVocabulary()}
   */
  public HiddenStates call(
      Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Operand<TInt32> tokenTypes, Pass pass) {
    Operand<TFloat32> embedded =
        tf.math.add(tokens.call(tf, ids), positions.call(tf, positionIds(tf, ids, mask)));
    if (types != null) {
      embedded = tf.math.add(embedded, types.call(tf, tokenTypes));
    }
    var attention = AttentionShape.of(tf, ids, mask);
    // Rows of all texts under each other: dense products of two matrices are the fastest kernels.
    Operand<TFloat32> x =
        norm.call(tf, tf.reshape(embedded, tf.constant(new int[] {-1, shape.hidden()})));
    if (pass.training()) {
      x = dropout.call(tf, x);
    }
    var layers = blocks.stream()
        .<Layer>map(block -> (ops, states) -> block.call(ops, states, attention, pass))
        .toList();
    var rows = new BlockStack(layers).call(tf, x, pass);
    return rows.map(states -> attention.separate(tf, states, shape.hidden()));
  }

  /**
   * {@code [batch, length]}. They count tokens and not columns, so padding on either side gives the same; RoBERTa's skip the
   * padding id also where the mask is 1.
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
