package org.tdro.models;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Cosines and sines of a batch's positions, shared by all layers. Products of turned queries and keys depend on the
 * difference of their positions alone, so columns may be counted, padding included.
 *
 * @param cosine {@code [length, headSize]}, both halves alike
 * @param sine in the same shape
 */
record RotaryAngles(Operand<TFloat32> cosine, Operand<TFloat32> sine) {

  static RotaryAngles of(Ops tf, Operand<TInt32> length, Rope rope, int headSize) {
    var frequencies = rope.frequencies(headSize);
    var row = new float[headSize];
    for (int i = 0; i < headSize; i++) {
      row[i] = (float) frequencies[i % frequencies.length];
    }
    var columns = tf.range(tf.constant(0), length, tf.constant(1));
    var positions = tf.expandDims(tf.dtypes.cast(columns, TFloat32.class), tf.constant(1));
    var angles = tf.math.mul(positions, tf.constant(new float[][] {row}));
    return new RotaryAngles(tf.math.cos(angles), tf.math.sin(angles));
  }

  /** Turns {@code [batch, heads, length, headSize]}: component i with component i + headSize / 2. */
  Operand<TFloat32> turn(Ops tf, Operand<TFloat32> x) {
    var halves = tf.split(tf.constant(-1), x, 2L).output();
    var crossed = tf.concat(List.of(tf.math.neg(halves.get(1)), halves.get(0)), tf.constant(-1));
    return tf.math.add(tf.math.mul(x, cosine), tf.math.mul(crossed, sine));
  }
}
