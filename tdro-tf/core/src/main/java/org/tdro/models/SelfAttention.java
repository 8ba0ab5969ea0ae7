package org.tdro.models;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Layer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Self-attention in several heads (Vaswani et al. 2017), of which some may share keys and values (Ainslie et al. 2023).
 *
 * @param inputs maps states to queries, keys and values
 * @param output maps the means of values, {@code [batch · length, heads · size]}, to changes of the states
 * @param dropout of the weights of attention
 */
record SelfAttention(
    Heads heads, Inputs inputs, Layer<TFloat32> output, Layer<TFloat32> dropout, Reach reach) {

  /**
   * The heads of a layer.
   *
   * @param count heads of queries
   * @param groups heads of keys and values; each serves {@code count / groups} queries
   * @param size width of a head
   * @param scale factor of the products of queries and keys
   * @param cap c of c·tanh(score / c), which keeps scores within ±c; 0 for none
   */
  record Heads(int count, int groups, int size, double scale, double cap) {

    /** Returns heads without a cap, of which each has its own keys and products are divided by √size. */
    static Heads of(int count, int size) {
      return new Heads(count, count, size, 1 / Math.sqrt(size), 0);
    }
  }

  /** A map of states, {@code [batch · length, hidden]}, to queries, keys and values, {@code [batch · length, heads · size]} each. */
  @FunctionalInterface
  interface Inputs {

    List<Operand<TFloat32>> of(CallContext context, Operand<TFloat32> x);

    /** Returns three separate maps. */
    static Inputs separate(Layer<TFloat32> query, Layer<TFloat32> key, Layer<TFloat32> value) {
      return (context, x) ->
          List.of(query.call(context, x), key.call(context, x), value.call(context, x));
    }

    /** Returns the thirds of one map's output. */
    static Inputs joined(Layer<TFloat32> all) {
      return (context, x) ->
          context.tf().split(context.tf().constant(1), all.call(context, x), 3L).output().stream()
              .<Operand<TFloat32>>map(part -> part)
              .toList();
    }
  }

  /** Returns {@code map}, each head of whose output is normalised: {@code [rows, in] -> [rows, heads · size]}. */
  static Layer<TFloat32> normalisedHeads(
      Layer<TFloat32> map, Layer<TFloat32> norm, int heads, int size) {
    return (context, x) -> {
      var tf = context.tf();
      var rows = map.call(context, x);
      var separate = tf.reshape(rows, tf.constant(new int[] {-1, heads, size}));
      return tf.reshape(norm.call(context, separate), tf.constant(new int[] {-1, heads * size}));
    };
  }

  /** {@code [batch · length, hidden] -> [batch · length, hidden]}. */
  Operand<TFloat32> call(CallContext context, Operand<TFloat32> x, AttentionBatch batch) {
    var tf = context.tf();
    var view = batch.view(reach);
    int size = heads.size();
    var projected = inputs.of(context, x);
    var queries = batch.separateHeads(tf, projected.get(0), heads.count(), size);
    var q = turned(tf, tf.math.mul(queries, tf.constant((float) heads.scale())), view);
    var k = turned(tf, batch.separateHeads(tf, projected.get(1), heads.groups(), size), view);
    var v = batch.separateHeads(tf, projected.get(2), heads.groups(), size);
    // One product for all queries of a key avoids copies of keys and values.
    boolean shared = heads.groups() < heads.count();
    var together = shared ? tf.reshape(q, batch.grouped(tf, heads.groups(), size)) : q;
    var products = context.batchMatMul(together, k, true);
    var scores = shared ? tf.reshape(products, batch.scores(tf, heads.count())) : products;
    var weights =
        dropout.call(context, tf.nn.softmax(tf.math.add(capped(tf, scores), view.bias())));
    var regrouped = shared ? tf.reshape(weights, tf.shape(products)) : weights;
    var mixed = context.batchMatMul(regrouped, v, false);
    var separate = shared ? tf.reshape(mixed, tf.shape(q)) : mixed;
    var merged = tf.linalg.transpose(separate, tf.constant(new int[] {0, 2, 1, 3}));
    var rows = tf.reshape(merged, tf.constant(new int[] {-1, heads.count() * size}));
    return output.call(context, rows);
  }

  private static Operand<TFloat32> turned(Ops tf, Operand<TFloat32> x, AttentionBatch.View view) {
    return view.angles() == null ? x : view.angles().turn(tf, x);
  }

  private Operand<TFloat32> capped(Ops tf, Operand<TFloat32> scores) {
    if (heads.cap() == 0) {
      return scores;
    }
    var cap = tf.constant((float) heads.cap());
    return tf.math.mul(tf.math.tanh(tf.math.div(scores, cap)), cap);
  }
}
