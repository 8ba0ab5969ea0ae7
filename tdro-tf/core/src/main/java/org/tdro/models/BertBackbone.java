package org.tdro.models;

import java.util.ArrayList;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.LayerNormalization;
import org.tdro.models.SelfAttention.Heads;
import org.tdro.models.SelfAttention.Inputs;
import org.tdro.models.TransformerBlock.Residual;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Embeddings and blocks that normalise their results; weights are named as in published checkpoints. */
public final class BertBackbone implements Backbone {
  private final BertArchitecture shape;
  private final Initializer initial;
  private final Embedding tokens;
  private final Embedding positions;
  private final Embedding types;
  private final RelativePositions relativePositions;
  private final TransformerStack stack;

  BertBackbone(LayerScope scope, BertArchitecture shape, Adapters adapters) {
    this.shape = shape;
    initial = Initializer.truncatedNormal(shape.initializerRange());
    tokens = table(scope.under("embeddings/word_embeddings"), shape.vocabulary());
    positions = table(scope.under("embeddings/position_embeddings"), shape.positionEmbeddings());
    types = shape.typeVocabulary() == 0
        ? null
        : table(scope.under("embeddings/token_type_embeddings"), shape.typeVocabulary());
    var norm = norm(scope.under("embeddings/LayerNorm"));
    var dropout = new Dropout(scope.under("embeddings/dropout"), shape.hiddenDropout());
    var blocks = new ArrayList<TransformerBlock>();
    for (int i = 0; i < shape.layers(); i++) {
      var layer = scope.under(shape.family().names().layers() + "/" + i);
      blocks.add(block(layer, adapters));
    }
    relativePositions = shape.family() == BertArchitecture.Family.MPNET
        ? new RelativePositions(
            scope.under("encoder/relative_attention_bias"), shape.heads(), initial)
        : null;
    stack = new TransformerStack(
        shape.hidden(),
        (context, x) -> dropout.call(context, norm.call(context, x)),
        blocks,
        Activation.LINEAR);
  }

  private Embedding table(LayerScope scope, int rows) {
    return new Embedding(scope, rows, shape.hidden(), initial);
  }

  private LayerNormalization norm(LayerScope scope) {
    return new LayerNormalization(scope, shape.hidden(), shape.normEpsilon());
  }

  private TransformerBlock block(LayerScope layer, Adapters adapters) {
    int hidden = shape.hidden();
    var names = shape.family().names();
    var inputs = Inputs.separate(
        map(layer.under(names.query()), hidden, hidden, adapters),
        map(layer.under(names.key()), hidden, hidden, adapters),
        map(layer.under(names.value()), hidden, hidden, adapters));
    var attentionOutput = map(layer.under(names.attentionOutput()), hidden, hidden, adapters);
    var attentionNorm = norm(layer.under(names.attentionNorm()));
    var feedForward = FeedForward.plain(
        map(layer.under(names.up()), hidden, shape.feedForward(), adapters),
        Activation.GELU,
        map(layer.under(names.down()), shape.feedForward(), hidden, adapters));
    var outputNorm = norm(layer.under(names.outputNorm()));
    return new TransformerBlock(
        Residual.post(
            new Dropout(layer.under("attention/output/dropout"), shape.hiddenDropout()),
            attentionNorm),
        new SelfAttention(
            Heads.of(shape.heads(), hidden / shape.heads()),
            inputs,
            attentionOutput,
            new Dropout(layer.under("attention/self/dropout"), shape.attentionDropout()),
            Reach.ALL),
        Residual.post(
            new Dropout(layer.under("output/dropout"), shape.hiddenDropout()), outputNorm),
        feedForward);
  }

  private Layer<TFloat32> map(LayerScope scope, int in, int out, Adapters adapters) {
    return adapters.dense(scope, in, out, initial, true);
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
    var batch = stack.batch(context, ids, mask);
    if (relativePositions != null) {
      batch.plus(tf, relativePositions.bias(context, AttentionBatch.distances(tf, ids)));
    }
    return stack.call(context, embedded, batch);
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
