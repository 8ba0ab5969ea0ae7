package org.tdro.mixing.tdro;

import java.util.Optional;
import org.tdro.retriever.DomainMeans;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The losses of the rows of a micro-batch.
 *
 * @param domainIds {@code [batch]}, from 0
 * @param loss ℓ of the proxy model, {@code [batch]}
 * @param reference r of the frozen reference model, {@code [batch]}; empty where there is none
 */
public record RowLosses(
    Operand<TInt32> domainIds, Operand<TFloat32> loss, Optional<Operand<TFloat32>> reference) {

  /** The reference losses of a measure that cannot do without. */
  Operand<TFloat32> requiredReference() {
    return reference.orElseThrow(() ->
        new IllegalArgumentException("this loss measure needs the losses of a reference model"));
  }

  /** The mean of {@code values [batch]} over the rows of each domain, {@code [domains]}; 0 for an absent one. */
  Operand<TFloat32> meanByDomain(Ops tf, Operand<TFloat32> values, int domains) {
    return DomainMeans.of(tf, values, domainIds, domains).means();
  }
}
