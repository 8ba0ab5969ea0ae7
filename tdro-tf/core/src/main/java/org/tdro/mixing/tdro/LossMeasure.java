package org.tdro.mixing.tdro;

import org.tdro.config.Key;
import org.tdro.io.Checks;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Measure M_g of how badly the proxy does on a domain, from the proxy losses ℓ and the reference losses r of its rows: either the
 * mean ℓ of the domain's rows divided by their mean r, or the mean over the rows of {@code max(0, (ℓ − r) / d)} with {@code d = r / ‖r‖_p},
 * where the norm is taken over the whole micro-batch. A domain without rows measures 0.
 *
 * @param kind order of the mean over rows and the comparison with the reference
 * @param normalizeByReference per row: whether to divide by d
 * @param subtractReference per row: whether to subtract r
 * @param referenceNorm per row: p; 0 for d = r
 */
public record LossMeasure(
    @Key("measure") Kind kind,
    boolean normalizeByReference,
    boolean subtractReference,
    double referenceNorm) {
  /** Divisors below this are replaced by 1, as in the published code: a ratio to so small a reference loss is meaningless. */
  private static final float LEAST_DIVISOR = 1e-4f;

  /** The order of the mean over rows and the comparison with the reference. */
  public enum Kind {
    /** Mean proxy loss of the domain divided by its mean reference loss. */
    RATIO_OF_MEANS,
    /** Rows are measured one by one, then averaged over the domain. */
    PER_ROW
  }

  public LossMeasure {
    boolean perRow = kind == Kind.PER_ROW;
    new Checks()
        .that(
            perRow || normalizeByReference,
            "normalizeByReference must be true where measure is ratio-of-means; see dro=raw and dro=excess")
        .that(
            perRow || !subtractReference,
            "subtractReference must be false where measure is ratio-of-means; see dro=excess")
        .that(
            perRow || referenceNorm == 0,
            "referenceNorm must be 0 where measure is ratio-of-means; see dro=reference-code")
        .notNegative("referenceNorm", referenceNorm)
        .done();
  }

  /** Returns the paper's measure: the mean ℓ of the domain's rows divided by their mean r (Ma et al. 2025, arXiv 2408.10613). */
  public static LossMeasure ratioOfMeans() {
    return new LossMeasure(Kind.RATIO_OF_MEANS, true, false, 0);
  }

  /** Returns {@code ℓ/r} per row, with the p-norm of the r of a micro-batch; p 0 for none. */
  public static LossMeasure ratioPerRow(double referenceNorm) {
    return new LossMeasure(Kind.PER_ROW, true, false, referenceNorm);
  }

  /** Returns the published code's measure: {@code ℓ/r} per row, the r of a micro-batch divided by their 1-norm. */
  public static LossMeasure referenceCode() {
    return ratioPerRow(1);
  }

  /** Returns {@code ℓ − r} per row, at least 0, as in Group DRO and DoReMi. */
  public static LossMeasure excess() {
    return new LossMeasure(Kind.PER_ROW, false, true, 0);
  }

  /** Returns ℓ alone. */
  public static LossMeasure raw() {
    return new LossMeasure(Kind.PER_ROW, false, false, 0);
  }

  /** Returns whether it needs the losses of a reference model. */
  public boolean needsReference() {
    return normalizeByReference || subtractReference;
  }

  /** Returns M {@code [domains]} of the rows of a micro-batch. */
  Operand<TFloat32> byDomain(Ops tf, RowLosses rows) {
    return switch (kind) {
      case RATIO_OF_MEANS ->
        tf.math.div(
            rows.meanByDomain(tf, rows.loss()),
            divisor(tf, rows.meanByDomain(tf, rows.requiredReference())));
      case PER_ROW -> rows.meanByDomain(tf, tf.nn.relu(ofRows(tf, rows)));
    };
  }

  private Operand<TFloat32> ofRows(Ops tf, RowLosses rows) {
    var measure = rows.loss();
    if (subtractReference) {
      measure = tf.math.sub(measure, rows.requiredReference());
    }
    if (normalizeByReference) {
      measure = tf.math.div(measure, divisor(tf, normalized(tf, rows.requiredReference())));
    }
    return measure;
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

  private static Operand<TFloat32> divisor(Ops tf, Operand<TFloat32> reference) {
    return tf.select(
        tf.math.less(reference, tf.constant(LEAST_DIVISOR)), tf.onesLike(reference), reference);
  }
}
