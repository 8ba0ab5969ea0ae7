package org.tdro.serving;

import java.util.List;

/** An encoder of texts as a signature takes them: {@link TokenRow}s or {@link StringRow}s. */
@FunctionalInterface
interface Encoder<R> {
  /**
   * Returns the embedding of each row, in their order.
   *
   * @param caller for whom nothing is computed once it is gone
   * @throws ApiException if the rows are wrong, or the caller is gone
   */
  float[][] encode(List<R> rows, Caller caller);
}
