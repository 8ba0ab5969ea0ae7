package org.tdro.models;

import java.util.ArrayList;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.RmsNormalization;
import org.tdro.models.SelfAttention.Heads;
import org.tdro.models.SelfAttention.Inputs;
import org.tdro.models.TransformerBlock.Residual;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Token embeddings, blocks of normalised inputs and a last norm; weights are named as in published checkpoints. */
final class DecoderBackbone implements Backbone {
  private final DecoderArchitecture shape;
  private final Adapters adapters;
  private final Initializer initial;
  private final Embedding tokens;
  private final TransformerStack stack;

  DecoderBackbone(LayerScope scope, DecoderArchitecture shape, Adapters adapters) {
    this.shape = shape;
    this.adapters = adapters;
    initial = Initializer.truncatedNormal(shape.initializerRange());
    tokens =
        new Embedding(scope.under("embed_tokens"), shape.vocabulary(), shape.hidden(), initial);
    var blocks = new ArrayList<TransformerBlock>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(block(scope.under("layers/" + layer), shape.reach(layer)));
    }
    Layer<TFloat32> first = shape.gemma() == null ? Activation.LINEAR : this::enlarged;
    stack = new TransformerStack(
        shape.hidden(), first, blocks, norm(scope.under("norm"), shape.hidden()));
  }

  private Operand<TFloat32> enlarged(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    return tf.math.mul(x, tf.constant((float) Math.sqrt(shape.hidden())));
  }

  private TransformerBlock block(LayerScope scope, Reach reach) {
    int hidden = shape.hidden();
    int size = shape.headSize();
    var attentionNorm = norm(scope.under("input_layernorm"), hidden);
    var inner = scope.under("self_attn");
    boolean bias = shape.inputBias();
    var query = map(inner.under("q_proj"), hidden, shape.heads() * size, bias);
    var key = map(inner.under("k_proj"), hidden, shape.keyValueHeads() * size, bias);
    var value = map(inner.under("v_proj"), hidden, shape.keyValueHeads() * size, bias);
    var attention = new SelfAttention(
        heads(),
        Inputs.separate(
            normalised(query, inner.under("q_norm"), shape.heads()),
            normalised(key, inner.under("k_norm"), shape.keyValueHeads()),
            value),
        map(inner.under("o_proj"), shape.heads() * size, hidden, shape.outputBias()),
        new Dropout(inner.under("dropout"), shape.attentionDropout()),
        reach);
    var secondNorm = norm(scope.under("post_attention_layernorm"), hidden);
    if (shape.gemma() == null) {
      return new TransformerBlock(
          Residual.pre(attentionNorm, Activation.LINEAR),
          attention,
          Residual.pre(secondNorm, Activation.LINEAR),
          feedForward(scope.under("mlp"), Activation.SILU));
    }
    return new TransformerBlock(
        Residual.pre(attentionNorm, secondNorm),
        attention,
        Residual.pre(
            norm(scope.under("pre_feedforward_layernorm"), hidden),
            norm(scope.under("post_feedforward_layernorm"), hidden)),
        feedForward(scope.under("mlp"), Activation.GELU_TANH));
  }

  private Heads heads() {
    int size = shape.headSize();
    var gemma = shape.gemma();
    return new Heads(
        shape.heads(),
        shape.keyValueHeads(),
        size,
        1 / Math.sqrt(gemma == null ? size : gemma.queryScalar()),
        gemma == null ? 0 : gemma.scoreCap());
  }

  private FeedForward feedForward(LayerScope scope, Activation activation) {
    int hidden = shape.hidden();
    int width = shape.feedForward();
    boolean bias = shape.feedForwardBias();
    var gate = map(scope.under("gate_proj"), hidden, width, bias);
    var up = map(scope.under("up_proj"), hidden, width, bias);
    var down = map(scope.under("down_proj"), width, hidden, bias);
    return FeedForward.gated(gate, activation, up, down);
  }

  private Layer<TFloat32> map(LayerScope scope, int in, int out, boolean bias) {
    return adapters.dense(scope, in, out, initial, bias);
  }

  private Layer<TFloat32> norm(LayerScope scope, int width) {
    return shape.gemma() == null
        ? new RmsNormalization(scope, width, shape.normEpsilon())
        : new GemmaNorm(scope, width, shape.normEpsilon());
  }

  /** Returns a map whose heads are normalised where those of the shape are. */
  private Layer<TFloat32> normalised(Layer<TFloat32> map, LayerScope scope, int heads) {
    int size = shape.headSize();
    return shape.headNorms()
        ? SelfAttention.normalisedHeads(map, norm(scope, size), heads, size)
        : map;
  }

  @Override
  public HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    return stack.call(context, tokens.call(context, ids), stack.batch(context, ids, mask));
  }

  @Override
  public int hidden() {
    return shape.hidden();
  }
}
