package org.tdro.models;

import org.tdro.keras.Initializer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.BatchMatMul;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Gelu;
import org.tdro.keras.layers.LayerNormalization;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Self-attention and a feed-forward network, each added to its input and normalised (Vaswani et al. 2017, post-LayerNorm). */
final class TransformerBlock {
  private static final float NORM_EPSILON = 1e-12f;

  private final Dense query;
  private final Dense key;
  private final Dense value;
  private final Dense attentionOutput;
  private final LayerNormalization attentionNorm;
  private final Dense intermediate;
  private final Dense output;
  private final LayerNormalization outputNorm;
  private final Dropout attentionDropout;
  private final Dropout firstDropout;
  private final Dropout secondDropout;
  private final int hidden;
  private final int heads;

  TransformerBlock(
      Variables variables,
      String name,
      MiniArchitecture shape,
      Initializer initializer,
      long seed,
      StepCounter counter) {
    hidden = shape.hidden();
    heads = shape.heads();
    query = new Dense(variables, name + "/attention/query", hidden, hidden, initializer);
    key = new Dense(variables, name + "/attention/key", hidden, hidden, initializer);
    value = new Dense(variables, name + "/attention/value", hidden, hidden, initializer);
    attentionOutput = new Dense(variables, name + "/attention/output", hidden, hidden, initializer);
    attentionNorm =
        new LayerNormalization(variables, name + "/attention/norm", hidden, NORM_EPSILON);
    intermediate =
        new Dense(variables, name + "/intermediate", hidden, shape.feedForward(), initializer);
    output = new Dense(variables, name + "/output", shape.feedForward(), hidden, initializer);
    outputNorm = new LayerNormalization(variables, name + "/norm", hidden, NORM_EPSILON);
    attentionDropout = new Dropout(shape.dropout(), seed, counter);
    firstDropout = new Dropout(shape.dropout(), seed + 1, counter);
    secondDropout = new Dropout(shape.dropout(), seed + 2, counter);
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, AttentionShape shape, boolean training) {
    var attended = dropped(
        tf, attentionOutput.call(tf, attention(tf, x, shape, training)), firstDropout, training);
    var middle = attentionNorm.call(tf, tf.math.add(x, attended));
    var expanded = Gelu.exact(tf, intermediate.call(tf, middle));
    var contracted = dropped(tf, output.call(tf, expanded), secondDropout, training);
    return outputNorm.call(tf, tf.math.add(middle, contracted));
  }

  private Operand<TFloat32> attention(
      Ops tf, Operand<TFloat32> x, AttentionShape shape, boolean training) {
    var scale = tf.constant((float) (1 / Math.sqrt((double) hidden / heads)));
    var q = split(tf, tf.math.mul(query.call(tf, x), scale), shape);
    var k = split(tf, key.call(tf, x), shape);
    var v = split(tf, value.call(tf, x), shape);
    var scores = tf.math.add(BatchMatMul.call(tf, q, k, true), shape.bias());
    var weights = dropped(tf, tf.nn.softmax(scores), attentionDropout, training);
    var context = BatchMatMul.call(tf, weights, v, false);
    var merged = tf.linalg.transpose(context, tf.constant(new int[] {0, 2, 1, 3}));
    return tf.reshape(merged, tf.constant(new int[] {-1, hidden}));
  }

  /** {@code [batch · length, hidden] -> [batch, heads, length, hidden / heads]}. */
  private Operand<TFloat32> split(Ops tf, Operand<TFloat32> x, AttentionShape shape) {
    var separated = tf.reshape(x, shape.and(tf, heads, hidden / heads));
    return tf.linalg.transpose(separated, tf.constant(new int[] {0, 2, 1, 3}));
  }

  private static Operand<TFloat32> dropped(
      Ops tf, Operand<TFloat32> x, Dropout dropout, boolean training) {
    return training ? dropout.call(tf, x) : x;
  }
}
