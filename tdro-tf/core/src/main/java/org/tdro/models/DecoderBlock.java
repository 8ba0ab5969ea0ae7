package org.tdro.models;

import org.tdro.keras.Initializer;
import org.tdro.keras.Pass;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Products;
import org.tdro.keras.layers.RmsNormalization;
import org.tdro.keras.layers.Silu;
import org.tdro.models.lora.Adapters;
import org.tdro.models.lora.Linear;
import org.tdro.models.lora.Linears;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Causal grouped-query attention (Ainslie et al. 2023) and SwiGLU (Shazeer 2020), each of the normalised input and added to it. */
final class DecoderBlock {
  private final RmsNormalization attentionNorm;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear attentionOutput;
  private final Dropout attentionDropout;
  private final RmsNormalization feedForwardNorm;
  private final Linear gate;
  private final Linear up;
  private final Linear down;
  private final DecoderArchitecture shape;
  private final boolean windowed;

  DecoderBlock(
      Variables variables,
      int layer,
      DecoderArchitecture shape,
      Adapters adapters,
      long seed,
      StepCounter counter) {
    this.shape = shape;
    windowed = shape.window(layer) > 0;
    var name = "layers/" + layer;
    int hidden = shape.hidden();
    int width = shape.heads() * shape.headSize();
    int keyValueWidth = shape.keyValueHeads() * shape.headSize();
    var linears =
        new Linears(variables, adapters, Initializer.truncatedNormal(shape.initializerRange()));
    attentionNorm =
        new RmsNormalization(variables, name + "/input_layernorm", hidden, shape.normEpsilon());
    var attention = name + "/self_attn/";
    query = linears.add(attention + "q_proj", hidden, width, shape.inputBias());
    key = linears.add(attention + "k_proj", hidden, keyValueWidth, shape.inputBias());
    value = linears.add(attention + "v_proj", hidden, keyValueWidth, shape.inputBias());
    attentionOutput = linears.add(attention + "o_proj", width, hidden, shape.outputBias());
    attentionDropout = new Dropout(shape.attentionDropout(), seed, counter);
    feedForwardNorm = new RmsNormalization(
        variables, name + "/post_attention_layernorm", hidden, shape.normEpsilon());
    boolean bias = shape.feedForwardBias();
    gate = linears.add(name + "/mlp/gate_proj", hidden, shape.feedForward(), bias);
    up = linears.add(name + "/mlp/up_proj", hidden, shape.feedForward(), bias);
    down = linears.add(name + "/mlp/down_proj", shape.feedForward(), hidden, bias);
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, DecoderAttention attention, Pass pass) {
    var attended = attend(tf, attentionNorm.call(tf, x), attention, pass);
    var middle = tf.math.add(x, attentionOutput.call(tf, attended, pass));
    var normalised = feedForwardNorm.call(tf, middle);
    var gated =
        tf.math.mul(Silu.call(tf, gate.call(tf, normalised, pass)), up.call(tf, normalised, pass));
    return tf.math.add(middle, down.call(tf, gated, pass));
  }

  /** {@code [batch · length, hidden] -> [batch · length, heads · headSize]}. */
  private Operand<TFloat32> attend(
      Ops tf, Operand<TFloat32> x, DecoderAttention attention, Pass pass) {
    int heads = shape.heads();
    int keyValueHeads = shape.keyValueHeads();
    int size = shape.headSize();
    var scale = tf.constant((float) (1 / Math.sqrt(size)));
    var angles = attention.angles();
    var q =
        angles.turn(tf, split(tf, tf.math.mul(query.call(tf, x, pass), scale), attention, heads));
    var k = angles.turn(tf, split(tf, key.call(tf, x, pass), attention, keyValueHeads));
    var v = split(tf, value.call(tf, x, pass), attention, keyValueHeads);
    // One product for all queries of a key spares copies of keys and values.
    var together = tf.reshape(q, attention.grouped(tf, keyValueHeads, size));
    var products = Products.ofBatch(tf, together, k, true, pass.computeType());
    var scores = tf.math.add(
        tf.reshape(products, attention.scores(tf, heads)),
        windowed ? attention.windowed() : attention.causal());
    Operand<TFloat32> weights = tf.nn.softmax(scores);
    if (pass.training()) {
      weights = attentionDropout.call(tf, weights);
    }
    var regrouped = tf.reshape(weights, tf.shape(products));
    var context = Products.ofBatch(tf, regrouped, v, false, pass.computeType());
    var separate = tf.reshape(context, tf.shape(q));
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
