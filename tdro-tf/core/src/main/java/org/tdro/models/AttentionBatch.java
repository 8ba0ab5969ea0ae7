package org.tdro.models;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.keras.Dimension;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The shape and the padding of a batch and, for each reach, its masks and angles: what the attention of all layers shares. */
final class AttentionBatch {
  /** Large enough that exp underflows to 0, small enough that sums stay finite. */
  private static final float MASKED = -1e9f;

  private final Operand<TInt32> batchAndLength;
  private final Map<Reach, View> views = new LinkedHashMap<>();

  /**
   * A reach in this batch.
   *
   * @param bias {@code [batch or 1, heads or 1, length or 1, length]}, added to the products of queries and keys: very negative
   *     where a token does not attend to another
   * @param angles of the columns; null without rotary positions
   */
  record View(Operand<TFloat32> bias, Rope.Angles angles) {}

  /**
   * Prepares a batch.
   *
   * @param ids {@code [batch, length]}
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   * @param reaches those of the layers
   * @param headSize width of a head
   */
  AttentionBatch(
      Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Collection<Reach> reaches, int headSize) {
    batchAndLength = tf.shape(ids);
    var absent = tf.math.sub(tf.constant(1f), tf.dtypes.cast(mask, TFloat32.class));
    var padding = tf.expandDims(
        tf.expandDims(tf.math.mul(absent, tf.constant(MASKED)), tf.constant(1)), tf.constant(1));
    for (var reach : reaches) {
      if (!views.containsKey(reach)) {
        var bias = reach.isWhole() ? padding : tf.math.add(padding, unseen(tf, ids, reach));
        var angles = reach.rope() == null
            ? null
            : Rope.Angles.of(tf, Dimension.of(tf, ids, 1), reach.rope(), headSize);
        views.put(reach, new View(bias, angles));
      }
    }
  }

  /** Returns, {@code [1, 1, length, length]}, a very negative number where a token does not see another. */
  private static Operand<TFloat32> unseen(Ops tf, Operand<TInt32> ids, Reach reach) {
    var hidden = tf.math.logicalNot(reach.sees(tf, distances(tf, ids)));
    var bias = tf.math.mul(tf.dtypes.cast(hidden, TFloat32.class), tf.constant(MASKED));
    return tf.expandDims(tf.expandDims(bias, tf.constant(0)), tf.constant(0));
  }

  /** Returns the number of tokens by which each key (a column) precedes each query (a row): {@code [length, length]}. */
  static Operand<TInt32> distances(Ops tf, Operand<TInt32> ids) {
    var columns = tf.range(tf.constant(0), Dimension.of(tf, ids, 1), tf.constant(1));
    return tf.math.sub(
        tf.expandDims(columns, tf.constant(1)), tf.expandDims(columns, tf.constant(0)));
  }

  /** Adds {@code bias}, {@code [1, heads, length, length]}, to that of every reach. */
  AttentionBatch plus(Ops tf, Operand<TFloat32> bias) {
    views.replaceAll((reach, view) -> new View(tf.math.add(view.bias(), bias), view.angles()));
    return this;
  }

  View view(Reach reach) {
    return views.get(reach);
  }

  /** Separates the heads: {@code [batch · length, heads · size] -> [batch, heads, length, size]}. */
  Operand<TFloat32> separateHeads(Ops tf, Operand<TFloat32> rows, int heads, int size) {
    var separated = tf.reshape(rows, and(tf, heads, size));
    return tf.linalg.transpose(separated, tf.constant(new int[] {0, 2, 1, 3}));
  }

  /** Separates the texts: {@code [batch · length, width] -> [batch, length, width]}. */
  Operand<TFloat32> separateTexts(Ops tf, Operand<TFloat32> rows, int width) {
    return tf.reshape(rows, and(tf, width));
  }

  /** Returns the shape {@code [batch, length, further...]}. */
  private Operand<TInt32> and(Ops tf, int... further) {
    return tf.concat(List.of(batchAndLength, tf.constant(further)), tf.constant(0));
  }

  /** Returns the shape {@code [batch, groups, heads / groups · length, size]}: the queries that share a key are adjacent. */
  Operand<TInt32> grouped(Ops tf, int groups, int size) {
    return tf.concat(
        List.of(size(tf, 0), tf.constant(new int[] {groups, -1, size})), tf.constant(0));
  }

  /** Returns the shape {@code [batch, heads, length, length]}. */
  Operand<TInt32> scores(Ops tf, int heads) {
    var parts = new ArrayList<Operand<TInt32>>();
    parts.add(size(tf, 0));
    parts.add(tf.constant(new int[] {heads, -1}));
    parts.add(size(tf, 1));
    return tf.concat(parts, tf.constant(0));
  }

  private Operand<TInt32> size(Ops tf, int axis) {
    return tf.slice(batchAndLength, tf.constant(new int[] {axis}), tf.constant(new int[] {1}));
  }
}
