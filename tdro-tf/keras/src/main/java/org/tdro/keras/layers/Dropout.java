package org.tdro.keras.layers;

import java.util.List;
import org.tdro.keras.Layer;
import org.tdro.keras.StepCounter;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Zeroes elements with probability {@code rate} and scales the others by 1 / (1 − rate). For training only: leave it out
 * of an inference graph. Its random numbers follow from (seed, micro-batch) alone, so a resumed run drops the same ones.
 */
public final class Dropout implements Layer {
  private final float rate;
  private final long seed;
  private final StepCounter counter;

  /** @param seed differs between the dropout layers of a model */
  public Dropout(float rate, long seed, StepCounter counter) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("the dropout rate must be in [0, 1), was " + rate);
    }
    this.rate = rate;
    this.seed = seed;
    this.counter = counter;
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    if (rate == 0) {
      return x;
    }
    var pair = tf.stack(List.of(tf.constant(seed), counter.microBatch()));
    var uniform = tf.random.statelessRandomUniform(tf.shape(x), pair);
    var keep = tf.math.greaterEqual(uniform, tf.constant(rate));
    var scaled = tf.math.mul(x, tf.constant(1 / (1 - rate)));
    return tf.select(keep, scaled, tf.zerosLike(x));
  }
}
