package org.tdro.models;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;

/**
 * The tokens that the tokens of a layer attend to, and how they tell positions apart. Layers of the same reach share masks and angles.
 *
 * @param causal whether a token attends to none after it
 * @param window tokens that a token attends to, itself included, or, where it attends to those after it, the number on either
 *     side of it; 0 for all
 * @param rope rotary positions of queries and keys; null for none
 */
record Reach(boolean causal, int window, Rope rope) {
  /** All tokens, in both directions, without rotary positions. */
  static final Reach ALL = new Reach(false, 0, null);

  /** Whether every token attends to every other one. */
  boolean isWhole() {
    return !causal && window == 0;
  }

  /**
   * Returns whether a token may attend to another.
   *
   * @param distance number of tokens by which a key precedes a query
   */
  Operand<TBool> sees(Ops tf, Operand<TInt32> distance) {
    var limit = tf.constant(window);
    if (!causal) {
      return tf.math.lessEqual(tf.math.abs(distance), limit);
    }
    var before = tf.math.greaterEqual(distance, tf.constant(0));
    return window == 0 ? before : tf.math.logicalAnd(before, tf.math.less(distance, limit));
  }
}
