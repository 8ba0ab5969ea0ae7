package org.tdro.models;

import org.tdro.keras.Initializer;
import org.tdro.keras.Pass;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Gelu;
import org.tdro.keras.layers.LayerNormalization;
import org.tdro.keras.layers.Products;
import org.tdro.models.lora.Adapters;
import org.tdro.models.lora.Linear;
import org.tdro.models.lora.Linears;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Self-attention and a feed-forward network, each added to its input and normalised (Vaswani et al. 2017, post-LayerNorm). */
final class BertBlock {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear attentionOutput;
  private final LayerNormalization attentionNorm;
  private final Linear intermediate;
  private final Linear output;
  private final LayerNormalization outputNorm;
  private final Dropout attentionDropout;
  private final Dropout firstDropout;
  private final Dropout secondDropout;
  private final int hidden;
  private final int heads;

  BertBlock(
      Variables variables,
      String name,
      BertArchitecture shape,
      Adapters adapters,
      long seed,
      StepCounter counter) {
    hidden = shape.hidden();
    heads = shape.heads();
    var linears =
        new Linears(variables, adapters, Initializer.truncatedNormal(shape.initializerRange()));
    var attention = name + "/attention/";
    query = linears.add(attention + "self/query", hidden, hidden, true);
    key = linears.add(attention + "self/key", hidden, hidden, true);
    value = linears.add(attention + "self/value", hidden, hidden, true);
    attentionOutput = linears.add(attention + "output/dense", hidden, hidden, true);
    attentionNorm = new LayerNormalization(
        variables, attention + "output/LayerNorm", hidden, shape.normEpsilon());
    intermediate = linears.add(name + "/intermediate/dense", hidden, shape.feedForward(), true);
    output = linears.add(name + "/output/dense", shape.feedForward(), hidden, true);
    outputNorm =
        new LayerNormalization(variables, name + "/output/LayerNorm", hidden, shape.normEpsilon());
    attentionDropout = new Dropout(shape.attentionDropout(), seed, counter);
    firstDropout = new Dropout(shape.hiddenDropout(), seed + 1, counter);
    secondDropout = new Dropout(shape.hiddenDropout(), seed + 2, counter);
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, AttentionShape shape, Pass pass) {
    var attended = dropped(
        tf, attentionOutput.call(tf, attention(tf, x, shape, pass), pass), firstDropout, pass);
    var middle = attentionNorm.call(tf, tf.math.add(x, attended));
    var expanded = Gelu.exact(tf, intermediate.call(tf, middle, pass));
    var contracted = dropped(tf, output.call(tf, expanded, pass), secondDropout, pass);
    return outputNorm.call(tf, tf.math.add(middle, contracted));
  }

  private Operand<TFloat32> attention(
      Ops tf, Operand<TFloat32> x, AttentionShape shape, Pass pass) {
    var scale = tf.constant((float) (1 / Math.sqrt((double) hidden / heads)));
    var q = split(tf, tf.math.mul(query.call(tf, x, pass), scale), shape);
    var k = split(tf, key.call(tf, x, pass), shape);
    var v = split(tf, value.call(tf, x, pass), shape);
    var scores = tf.math.add(Products.ofBatch(tf, q, k, true, pass.computeType()), shape.bias());
    var weights = dropped(tf, tf.nn.softmax(scores), attentionDropout, pass);
    var context = Products.ofBatch(tf, weights, v, false, pass.computeType());
    var merged = tf.linalg.transpose(context, tf.constant(new int[] {0, 2, 1, 3}));
    return tf.reshape(merged, tf.constant(new int[] {-1, hidden}));
  }

  /** {@code [batch · length, hidden] -> [batch, heads, length, hidden / heads]}. */
  private Operand<TFloat32> split(Ops tf, Operand<TFloat32> x, AttentionShape shape) {
    var separated = tf.reshape(x, shape.and(tf, heads, hidden / heads));
    return tf.linalg.transpose(separated, tf.constant(new int[] {0, 2, 1, 3}));
  }

  private static Operand<TFloat32> dropped(
      Ops tf, Operand<TFloat32> x, Dropout dropout, Pass pass) {
    return pass.training() ? dropout.call(tf, x) : x;
  }
}
