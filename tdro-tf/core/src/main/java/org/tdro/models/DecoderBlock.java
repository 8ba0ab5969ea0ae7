package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.RmsNormalization;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Grouped-query attention (Ainslie et al. 2023) and SwiGLU (Shazeer 2020), each of the normalised input and added to it. */
final class DecoderBlock {
  private final RmsNormalization attentionNorm;
  private final Layer<TFloat32> query;
  private final Layer<TFloat32> key;
  private final Layer<TFloat32> queryNorm;
  private final Layer<TFloat32> keyNorm;
  private final Layer<TFloat32> value;
  private final Layer<TFloat32> attentionOutput;
  private final Dropout attentionDropout;
  private final RmsNormalization feedForwardNorm;
  private final Layer<TFloat32> gate;
  private final Layer<TFloat32> up;
  private final Layer<TFloat32> down;
  private final DecoderArchitecture shape;
  private final boolean windowed;

  DecoderBlock(LayerScope backbone, int layer, DecoderArchitecture shape, Adapters adapters) {
    this.shape = shape;
    windowed = shape.window(layer) > 0;
    var scope = backbone.under("layers/" + layer);
    int hidden = shape.hidden();
    int width = shape.heads() * shape.headSize();
    int keyValueWidth = shape.keyValueHeads() * shape.headSize();
    var initial = Initializer.truncatedNormal(shape.initializerRange());
    attentionNorm =
        new RmsNormalization(scope.under("input_layernorm"), hidden, shape.normEpsilon());
    var attention = scope.under("self_attn");
    query = adapters.dense(attention.under("q_proj"), hidden, width, initial, shape.inputBias());
    key = adapters.dense(
        attention.under("k_proj"), hidden, keyValueWidth, initial, shape.inputBias());
    value = adapters.dense(
        attention.under("v_proj"), hidden, keyValueWidth, initial, shape.inputBias());
    queryNorm = headNorm(attention.under("q_norm"));
    keyNorm = headNorm(attention.under("k_norm"));
    attentionOutput =
        adapters.dense(attention.under("o_proj"), width, hidden, initial, shape.outputBias());
    attentionDropout = new Dropout(attention.under("dropout"), shape.attentionDropout());
    feedForwardNorm =
        new RmsNormalization(scope.under("post_attention_layernorm"), hidden, shape.normEpsilon());
    boolean bias = shape.feedForwardBias();
    gate = adapters.dense(scope.under("mlp/gate_proj"), hidden, shape.feedForward(), initial, bias);
    up = adapters.dense(scope.under("mlp/up_proj"), hidden, shape.feedForward(), initial, bias);
    down = adapters.dense(scope.under("mlp/down_proj"), shape.feedForward(), hidden, initial, bias);
  }

  /** Returns a norm of each head, or a layer that changes nothing. */
  private Layer<TFloat32> headNorm(LayerScope scope) {
    return shape.headNorms()
        ? new RmsNormalization(scope, shape.headSize(), shape.normEpsilon())
        : (context, x) -> x;
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(CallContext context, Operand<TFloat32> x, DecoderAttention attention) {
    var tf = context.tf();
    var attended = attend(context, attentionNorm.call(context, x), attention);
    var middle = tf.math.add(x, attentionOutput.call(context, attended));
    var normalised = feedForwardNorm.call(context, middle);
    var gated = tf.math.mul(
        Activation.SILU.of(tf, gate.call(context, normalised)), up.call(context, normalised));
    return tf.math.add(middle, down.call(context, gated));
  }

  /** {@code [batch · length, hidden] -> [batch · length, heads · headSize]}. */
  private Operand<TFloat32> attend(
      CallContext context, Operand<TFloat32> x, DecoderAttention attention) {
    var tf = context.tf();
    int heads = shape.heads();
    int keyValueHeads = shape.keyValueHeads();
    int size = shape.headSize();
    var scale = tf.constant((float) (1 / Math.sqrt(size)));
    var angles = attention.angles();
    var queries = queryNorm.call(context, split(tf, query.call(context, x), attention, heads));
    var keys = keyNorm.call(context, split(tf, key.call(context, x), attention, keyValueHeads));
    var q = angles.turn(tf, tf.math.mul(queries, scale));
    var k = angles.turn(tf, keys);
    var v = split(tf, value.call(context, x), attention, keyValueHeads);
    // One product for all queries of a key avoids copies of keys and values.
    var together = tf.reshape(q, attention.grouped(tf, keyValueHeads, size));
    var products = context.batchMatMul(together, k, true);
    var scores = tf.math.add(
        tf.reshape(products, attention.scores(tf, heads)),
        windowed ? attention.windowed() : attention.full());
    var weights = attentionDropout.call(context, tf.nn.softmax(scores));
    var regrouped = tf.reshape(weights, tf.shape(products));
    var mixed = context.batchMatMul(regrouped, v, false);
    var separate = tf.reshape(mixed, tf.shape(q));
    var merged = tf.linalg.transpose(separate, tf.constant(new int[] {0, 2, 1, 3}));
    return tf.reshape(merged, tf.constant(new int[] {-1, heads * size}));
  }

  /** {@code [batch · length, heads · headSize] -> [batch, heads, length, headSize]}. */
  private Operand<TFloat32> split(
      Ops tf, Operand<TFloat32> x, DecoderAttention attention, int heads) {
    var separated = tf.reshape(x, attention.and(tf, heads, shape.headSize()));
    return tf.linalg.transpose(separated, tf.constant(new int[] {0, 2, 1, 3}));
  }
}
