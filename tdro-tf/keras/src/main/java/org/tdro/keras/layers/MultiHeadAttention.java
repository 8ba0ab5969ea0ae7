package org.tdro.keras.layers;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Self-attention of a sequence in several heads (Vaswani et al. 2017): each place gets a mean of all places' values, weighted by
 * softmax(query · key / √keySize). {@code [batch, length, features] -> [batch, length, features]}; products have the
 * context's precision.
 */
public final class MultiHeadAttention extends NamedLayer<TFloat32> {
  private final int heads;
  private final int keySize;
  private float dropoutRate;
  private Dense query;
  private Dense key;
  private Dense value;
  private Dense output;
  private Dropout dropout;

  /** A layer of {@code heads} heads with queries, keys and values of {@code keySize} numbers each. */
  public MultiHeadAttention(int heads, int keySize) {
    super("multi_head_attention");
    if (heads < 1 || keySize < 1) {
      throw new IllegalArgumentException(
          "heads and key size must be at least 1, were " + heads + " and " + keySize);
    }
    this.heads = heads;
    this.keySize = keySize;
  }

  /** Sets the share of attention weights that training drops. */
  public MultiHeadAttention dropout(float rate) {
    dropoutRate = rate;
    return this;
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    int features = Math.toIntExact(Windows.channels(scope, input));
    query = projection(scope, "query", features, heads * keySize);
    key = projection(scope, "key", features, heads * keySize);
    value = projection(scope, "value", features, heads * keySize);
    output = projection(scope, "output", heads * keySize, features);
    dropout = new Dropout(scope.under("dropout"), dropoutRate);
  }

  private static Dense projection(LayerScope scope, String name, int in, int out) {
    return new Dense(scope.under(name), in, out, Initializer.glorotUniform(), true);
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    var scale = tf.constant((float) (1 / Math.sqrt(keySize)));
    var attended = attend(
        context,
        split(tf, tf.math.mul(query.call(context, x), scale), x),
        split(tf, key.call(context, x), x),
        split(tf, value.call(context, x), x),
        null,
        dropout);
    var rows = tf.reshape(attended, tf.constant(new int[] {-1, heads * keySize}));
    return output.call(context, Dense.likeRows(tf, rows, x, heads * keySize));
  }

  /** {@code [batch, length, heads · keySize] -> [batch, heads, length, keySize]}. */
  private Operand<TFloat32> split(Ops tf, Operand<TFloat32> projected, Operand<TFloat32> x) {
    long length = x.shape().get(1);
    var shape = length < 0
        ? tf.concat(
            List.of(
                tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {2})),
                tf.constant(new int[] {heads, keySize})),
            tf.constant(0))
        : tf.constant(new int[] {-1, (int) length, heads, keySize});
    return tf.linalg.transpose(tf.reshape(projected, shape), tf.constant(new int[] {0, 2, 1, 3}));
  }

  /**
   * Returns the means of values, {@code [batch, length, heads, size]}: the core of attention, which backbones use with projections of
   * their own.
   *
   * @param query {@code [batch, heads, length, size]}, scaled
   * @param key {@code [batch, heads, length, size]}
   * @param value {@code [batch, heads, length, size]}
   * @param bias added to the scores, such as −1e9 where a place must not be looked at; broadcast to
   *     {@code [batch, heads, length, length]}; null for none
   * @param dropout of the weights
   */
  public static Operand<TFloat32> attend(
      CallContext context,
      Operand<TFloat32> query,
      Operand<TFloat32> key,
      Operand<TFloat32> value,
      Operand<TFloat32> bias,
      Layer<TFloat32> dropout) {
    var tf = context.tf();
    var products = context.batchMatMul(query, key, true);
    var scores = bias == null ? products : tf.math.add(products, bias);
    var weights = dropout.call(context, tf.nn.softmax(scores));
    var mixed = context.batchMatMul(weights, value, false);
    return tf.linalg.transpose(mixed, tf.constant(new int[] {0, 2, 1, 3}));
  }
}
