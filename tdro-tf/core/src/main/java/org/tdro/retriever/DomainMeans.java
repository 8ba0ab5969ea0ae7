package org.tdro.retriever;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The mean of a value over the rows of each domain.
 *
 * @param means {@code [domains]}, 0 for a domain without rows
 * @param rows {@code [domains]}, how many rows each has
 */
public record DomainMeans(Operand<TFloat32> means, Operand<TFloat32> rows) {

  /** Of {@code values [batch]} whose domains are {@code domainIds [batch]}. */
  public static DomainMeans of(
      Ops tf, Operand<TFloat32> values, Operand<TInt32> domainIds, int domains) {
    var count = tf.constant(domains);
    var sums = tf.math.unsortedSegmentSum(values, domainIds, count);
    var rows = tf.math.unsortedSegmentSum(tf.onesLike(values), domainIds, count);
    return new DomainMeans(tf.math.divNoNan(sums, rows), rows);
  }
}
