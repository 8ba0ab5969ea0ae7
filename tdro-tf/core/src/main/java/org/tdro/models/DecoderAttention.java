package org.tdro.models;

import java.util.List;
import org.tdro.keras.Dimension;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The shape, the rotary angles and the visible tokens of a batch, which the layers of a decoder share.
 *
 * @param shape batch and length, and the padding
 * @param angles of the columns
 * @param full {@code [batch, 1, length or 1, length]}: 0 where a token attends to another, very negative elsewhere
 * @param windowed the same within the sliding window; {@code full} where there is none
 */
record DecoderAttention(
    AttentionShape shape, Rope.Angles angles, Operand<TFloat32> full, Operand<TFloat32> windowed) {

  static DecoderAttention of(
      Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, DecoderArchitecture architecture) {
    var shape = AttentionShape.of(tf, ids, mask);
    var length = Dimension.of(tf, ids, 1);
    var columns = tf.range(tf.constant(0), length, tf.constant(1));
    // The number of tokens by which each key (a column) precedes each query (a row).
    var distance =
        tf.math.sub(tf.expandDims(columns, tf.constant(1)), tf.expandDims(columns, tf.constant(0)));
    boolean causal = !architecture.bidirectional();
    var before = tf.math.greaterEqual(distance, tf.constant(0));
    var full = causal ? tf.math.add(shape.bias(), bias(tf, before)) : shape.bias();
    var windowed = full;
    int window = architecture.slidingWindow();
    if (window > 0) {
      var near = causal
          ? tf.math.logicalAnd(before, tf.math.less(distance, tf.constant(window)))
          : tf.math.lessEqual(tf.math.abs(distance), tf.constant(window));
      windowed = tf.math.add(shape.bias(), bias(tf, near));
    }
    return new DecoderAttention(
        shape,
        Rope.Angles.of(tf, length, architecture.rope(), architecture.headSize()),
        full,
        windowed);
  }

  /** {@code [length, length] -> [1, 1, length, length]}. */
  private static Operand<TFloat32> bias(Ops tf, Operand<TBool> visible) {
    var hidden = tf.dtypes.cast(tf.math.logicalNot(visible), TFloat32.class);
    var bias = tf.math.mul(hidden, tf.constant(AttentionShape.MASKED));
    return tf.expandDims(tf.expandDims(bias, tf.constant(0)), tf.constant(0));
  }

  /** The shape {@code [batch, length, further...]}. */
  Operand<TInt32> and(Ops tf, int... further) {
    return shape.and(tf, further);
  }

  /** The shape {@code [batch, keyValueHeads, heads / keyValueHeads · length, headSize]}: queries that share a key are adjacent. */
  Operand<TInt32> grouped(Ops tf, int keyValueHeads, int headSize) {
    return join(tf, List.of(size(tf, 0), tf.constant(new int[] {keyValueHeads, -1, headSize})));
  }

  /** The shape {@code [batch, heads, length, length]}. */
  Operand<TInt32> scores(Ops tf, int heads) {
    return join(tf, List.of(size(tf, 0), tf.constant(new int[] {heads, -1}), size(tf, 1)));
  }

  private Operand<TInt32> size(Ops tf, int axis) {
    return tf.slice(
        shape.batchAndLength(), tf.constant(new int[] {axis}), tf.constant(new int[] {1}));
  }

  private static Operand<TInt32> join(Ops tf, List<Operand<TInt32>> parts) {
    return tf.concat(parts, tf.constant(0));
  }
}
