package org.tdro.mixing.tdro;

import org.tdro.retriever.RowLosses;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Measure M_g of how badly the proxy does on a domain, from the proxy losses ℓ and the reference losses r of its rows. It is 0
 * for a domain without rows.
 */
public sealed interface LossMeasure {
  /** Divisors below this are replaced by 1, as in the published code: such a reference loss says nothing. */
  float LEAST_DIVISOR = 1e-4f;

  /** Returns M {@code [domains]} of the rows of a micro-batch. */
  Operand<TFloat32> byDomain(Ops tf, RowLosses rows);

  /** Returns whether it needs the losses of a reference model. */
  boolean needsReference();

  /** Returns the published code's measure: {@code ℓ/r} per row, the r of a micro-batch divided by their 1-norm. */
  static LossMeasure referenceCode() {
    return new PerRow(false, true, 1);
  }

  /** Returns the excess: {@code ℓ − r} per row, at least 0, as in Group DRO and DoReMi. */
  static LossMeasure excess() {
    return new PerRow(true, false, 0);
  }

  /** Returns ℓ alone. */
  static LossMeasure raw() {
    return new PerRow(false, false, 0);
  }

  /** The paper's measure: the mean ℓ of the domain's rows divided by their mean r (Ma et al. 2025, arXiv 2408.10613). */
  record RatioOfMeans() implements LossMeasure {
    @Override
    public Operand<TFloat32> byDomain(Ops tf, RowLosses rows) {
      return tf.math.div(
          rows.meanByDomain(tf, rows.loss()),
          divisor(tf, rows.meanByDomain(tf, rows.requiredReference())));
    }

    @Override
    public boolean needsReference() {
      return true;
    }
  }

  /**
   * The mean over the domain's rows of {@code max(0, (ℓ − r) / d)} with {@code d = r / ‖r‖_p}, where the norm is taken over
   * the whole micro-batch.
   *
   * @param subtractReference whether {@code − r} is there
   * @param divideByReference whether {@code / d} is there
   * @param referenceNorm p; 0 for d = r
   */
  record PerRow(boolean subtractReference, boolean divideByReference, double referenceNorm)
      implements LossMeasure {
    public PerRow {
      if (!(referenceNorm >= 0 && referenceNorm < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the norm of the reference losses must be at least 0 and finite, was " + referenceNorm);
      }
    }

    @Override
    public Operand<TFloat32> byDomain(Ops tf, RowLosses rows) {
      var measure = rows.loss();
      if (subtractReference) {
        measure = tf.math.sub(measure, rows.requiredReference());
      }
      if (divideByReference) {
        measure = tf.math.div(measure, divisor(tf, normalized(tf, rows.requiredReference())));
      }
      return rows.meanByDomain(tf, tf.nn.relu(measure));
    }

    @Override
    public boolean needsReference() {
      return subtractReference || divideByReference;
    }

    private Operand<TFloat32> normalized(Ops tf, Operand<TFloat32> reference) {
      if (referenceNorm == 0) {
        return reference;
      }
      var powers = tf.math.pow(tf.math.abs(reference), tf.constant((float) referenceNorm));
      var norm =
          tf.math.pow(tf.sum(powers, tf.constant(0)), tf.constant((float) (1 / referenceNorm)));
      return tf.math.divNoNan(reference, norm);
    }
  }

  private static Operand<TFloat32> divisor(Ops tf, Operand<TFloat32> reference) {
    return tf.select(
        tf.math.less(reference, tf.constant(LEAST_DIVISOR)), tf.onesLike(reference), reference);
  }
}
