package org.tdro.mixing.tdro;

import java.util.List;
import java.util.function.Function;
import org.tdro.config.Default;
import org.tdro.io.Checks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Bounds that keep α near the prior p, the normalised initial weights. An update that leaves them is moved back in two steps:
 *
 * <ol>
 *   <li>the floor ε, α_g ≥ ε · p_g, by max(ε p_g, s α_g) with the s that makes the sum 1. This is the nearest mixture above the
 *       floor: it has the least KL(·‖α).
 *   <li>the trust region R, KL(α‖p) = Σ_g α_g ln(α_g / p_g) ≤ R, by α^t · p^(1−t), normalised, with the greatest t ≤ 1 that fulfils
 *       it. The floor stays fulfilled, because (ε p_g)^t · p_g^(1−t) ≥ ε p_g.
 * </ol>
 *
 * <p>With uniform p over k domains the floor is ε/k, and KL(α‖p) = ln k − H(α), so the effective number of domains exp(H(α)) is at least
 * k · exp(−R). An update within the bounds keeps its bits.
 *
 * @param floor ε, from 0 (no floor) to 1
 * @param trustRegion R in nats; 0 for no bound
 */
public record MixtureBounds(
    @Default("0") double floor, @Default("0") double trustRegion) {
  /** A search divides its interval into this many sections, in each of its rounds: it ends with 64^−5 of it, about 1e-9. */
  private static final int SECTIONS = 64;

  private static final int ROUNDS = 5;

  public MixtureBounds {
    new Checks()
        .fraction("floor", floor)
        .notNegative("trustRegion", trustRegion)
        .done();
  }

  /** Returns the bounds that leave α as it is. */
  public static MixtureBounds none() {
    return new MixtureBounds(0, 0);
  }

  /** Returns whether α is bounded. */
  public boolean bind() {
    return floor > 0 || trustRegion > 0;
  }

  /**
   * Returns log α within the bounds.
   *
   * @param logWeights log α, {@code [domains]}, of weights that sum to 1
   * @param initial the initial weights, above 0; they need not sum to 1
   */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> logWeights, float[] initial) {
    var prior = tf.constant(logPrior(initial));
    var bounded = logWeights;
    if (floor > 0) {
      bounded = raised(tf, bounded, prior);
    }
    if (trustRegion > 0) {
      bounded = drawnBack(tf, bounded, prior);
    }
    return bounded;
  }

  private static double[] logPrior(float[] initial) {
    double sum = 0;
    for (float weight : initial) {
      sum += weight;
    }
    var logs = new double[initial.length];
    for (int domain = 0; domain < logs.length; domain++) {
      logs[domain] = Math.log(initial[domain] / sum);
    }
    return logs;
  }

  /** Returns the mixture raised to the floor. */
  private Operand<TFloat32> raised(Ops tf, Operand<TFloat32> logWeights, Operand<TFloat64> prior) {
    var weights = inDoubles(tf, logWeights);
    var least = tf.math.add(prior, tf.constant(Math.log(floor)));
    // Row i has s α for the i-th s. The sum grows with s, from ε at 0.
    Function<Operand<TFloat64>, Operand<TFloat64>> scaled =
        factors -> tf.math.maximum(least, tf.math.add(weights, tf.math.log(factors)));
    var factor = greatest(
        tf,
        factors ->
            tf.math.lessEqual(sum(tf, tf.math.exp(scaled.apply(factors))), tf.constant(1.0)));
    var inside = tf.reduceAll(
        tf.math.greaterEqual(tf.dtypes.cast(logWeights, TFloat64.class), least), tf.constant(0));
    return tf.select(inside, logWeights, inFloats(tf, scaled.apply(factor)));
  }

  /** Returns the mixture drawn back into the trust region. */
  private Operand<TFloat32> drawnBack(
      Ops tf, Operand<TFloat32> logWeights, Operand<TFloat64> prior) {
    var offset = tf.math.sub(inDoubles(tf, logWeights), prior);
    // Row i is the mixture at the i-th t. The divergence grows with t, from 0 at 0.
    Function<Operand<TFloat64>, Operand<TFloat64>> between =
        positions -> tf.nn.logSoftmax(tf.math.add(prior, tf.math.mul(offset, positions)));
    Function<Operand<TFloat64>, Operand<TBool>> near = positions -> {
      var logs = between.apply(positions);
      var divergence = sum(tf, tf.math.mul(tf.math.exp(logs), tf.math.sub(logs, prior)));
      return tf.math.lessEqual(divergence, tf.constant(trustRegion));
    };
    var inside = tf.reduceAll(near.apply(tf.constant(new double[][] {{1}})), tf.constant(0));
    var position = greatest(tf, near);
    return tf.select(inside, logWeights, inFloats(tf, between.apply(position)));
  }

  /**
   * Returns, as {@code [1, 1]}, the greatest number from 0 to 1 that {@code holds}, to {@code SECTIONS^−ROUNDS}.
   *
   * @param holds takes {@code [n, 1]} and returns {@code [n]}; true up to some number and false above
   */
  private static Operand<TFloat64> greatest(
      Ops tf, Function<Operand<TFloat64>, Operand<TBool>> holds) {
    var ends = new double[SECTIONS][1];
    for (int section = 0; section < SECTIONS; section++) {
      ends[section][0] = (section + 1.0) / SECTIONS;
    }
    Operand<TFloat64> greatest = tf.constant(new double[][] {{0}});
    double width = 1;
    for (int round = 0; round < ROUNDS; round++) {
      var candidates = tf.math.add(greatest, tf.math.mul(tf.constant(ends), tf.constant(width)));
      var held = tf.sum(tf.dtypes.cast(holds.apply(candidates), TFloat64.class), tf.constant(0));
      width /= SECTIONS;
      greatest = tf.math.add(greatest, tf.math.mul(held, tf.constant(width)));
    }
    return greatest;
  }

  private static Operand<TFloat64> inDoubles(Ops tf, Operand<TFloat32> logWeights) {
    return tf.nn.logSoftmax(
        tf.expandDims(tf.dtypes.cast(logWeights, TFloat64.class), tf.constant(0)));
  }

  /** Returns the normalised logarithms of one row, {@code [domains]}. */
  private static Operand<TFloat32> inFloats(Ops tf, Operand<TFloat64> row) {
    return tf.dtypes.cast(
        tf.squeeze(tf.nn.logSoftmax(row), Squeeze.axis(List.of(0L))), TFloat32.class);
  }

  private static Operand<TFloat64> sum(Ops tf, Operand<TFloat64> rows) {
    return tf.sum(rows, tf.constant(1));
  }
}
