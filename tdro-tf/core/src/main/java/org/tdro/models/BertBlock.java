package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.LayerNormalization;
import org.tdro.keras.layers.MultiHeadAttention;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Self-attention and a feed-forward network, each added to its input and normalised (Vaswani et al. 2017, post-LayerNorm). */
final class BertBlock {
  private final Layer<TFloat32> query;
  private final Layer<TFloat32> key;
  private final Layer<TFloat32> value;
  private final Layer<TFloat32> attentionOutput;
  private final LayerNormalization attentionNorm;
  private final Layer<TFloat32> intermediate;
  private final Layer<TFloat32> output;
  private final LayerNormalization outputNorm;
  private final Dropout attentionDropout;
  private final Dropout attentionOutputDropout;
  private final Dropout outputDropout;
  private final int hidden;
  private final int heads;

  BertBlock(LayerScope scope, BertArchitecture shape, Adapters adapters) {
    hidden = shape.hidden();
    heads = shape.heads();
    var initial = Initializer.truncatedNormal(shape.initializerRange());
    var attention = scope.under("attention");
    query = adapters.dense(attention.under("self/query"), hidden, hidden, initial, true);
    key = adapters.dense(attention.under("self/key"), hidden, hidden, initial, true);
    value = adapters.dense(attention.under("self/value"), hidden, hidden, initial, true);
    attentionOutput =
        adapters.dense(attention.under("output/dense"), hidden, hidden, initial, true);
    attentionNorm =
        new LayerNormalization(attention.under("output/LayerNorm"), hidden, shape.normEpsilon());
    intermediate = adapters.dense(
        scope.under("intermediate/dense"), hidden, shape.feedForward(), initial, true);
    output =
        adapters.dense(scope.under("output/dense"), shape.feedForward(), hidden, initial, true);
    outputNorm =
        new LayerNormalization(scope.under("output/LayerNorm"), hidden, shape.normEpsilon());
    attentionDropout = new Dropout(attention.under("self/dropout"), shape.attentionDropout());
    attentionOutputDropout = new Dropout(attention.under("output/dropout"), shape.hiddenDropout());
    outputDropout = new Dropout(scope.under("output/dropout"), shape.hiddenDropout());
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(CallContext context, Operand<TFloat32> x, AttentionShape shape) {
    var tf = context.tf();
    var attended = attentionOutputDropout.call(
        context, attentionOutput.call(context, attention(context, x, shape)));
    var middle = attentionNorm.call(context, tf.math.add(x, attended));
    var expanded = Activation.GELU.of(tf, intermediate.call(context, middle));
    var contracted = outputDropout.call(context, output.call(context, expanded));
    return outputNorm.call(context, tf.math.add(middle, contracted));
  }

  private Operand<TFloat32> attention(
      CallContext context, Operand<TFloat32> x, AttentionShape shape) {
    var tf = context.tf();
    var scale = tf.constant((float) (1 / Math.sqrt((double) hidden / heads)));
    var q = split(tf, tf.math.mul(query.call(context, x), scale), shape);
    var k = split(tf, key.call(context, x), shape);
    var v = split(tf, value.call(context, x), shape);
    var merged = MultiHeadAttention.attend(context, q, k, v, shape.bias(), attentionDropout);
    return tf.reshape(merged, tf.constant(new int[] {-1, hidden}));
  }

  /** {@code [batch · length, hidden] -> [batch, heads, length, hidden / heads]}. */
  private Operand<TFloat32> split(Ops tf, Operand<TFloat32> x, AttentionShape shape) {
    var separated = tf.reshape(x, shape.and(tf, heads, hidden / heads));
    return tf.linalg.transpose(separated, tf.constant(new int[] {0, 2, 1, 3}));
  }
}
