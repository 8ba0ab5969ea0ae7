package org.tdro.retriever.contrastive;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Losses of the rows of a micro-batch.
 *
 * @param domainIds {@code [batch]}, each at least 0 and below {@code domains}
 * @param loss ℓ, {@code [batch]}
 * @param reference r, {@code [batch]}: the losses of a frozen reference model on the same rows, where there is one
 * @param domains number of domains
 */
public record RowLosses(
    Operand<TInt32> domainIds,
    Operand<TFloat32> loss,
    Optional<Operand<TFloat32>> reference,
    int domains) {
  public RowLosses {
    if (domains < 1) {
      throw new IllegalArgumentException("domains must be at least 1, was " + domains);
    }
  }

  /**
   * Returns r.
   *
   * @throws IllegalArgumentException if there is no reference model
   */
  public Operand<TFloat32> requiredReference() {
    return reference.orElseThrow(
        () -> new IllegalArgumentException("this needs the losses of a reference model"));
  }

  /** Returns the sum of {@code values [batch]} over the rows of each domain, {@code [domains]}. */
  public Operand<TFloat32> sumByDomain(Ops tf, Operand<TFloat32> values) {
    return tf.math.unsortedSegmentSum(values, domainIds, tf.constant(domains));
  }

  /** Returns the number of rows of each domain, {@code [domains]}. */
  public Operand<TFloat32> rowsByDomain(Ops tf) {
    return sumByDomain(tf, tf.onesLike(loss));
  }

  /** Returns the mean of {@code values [batch]} over the rows of each domain, {@code [domains]}; 0 for a domain without rows. */
  public Operand<TFloat32> meanByDomain(Ops tf, Operand<TFloat32> values) {
    return tf.math.divNoNan(sumByDomain(tf, values), rowsByDomain(tf));
  }
}
