package org.tdro.serving;

import java.util.List;

/** An encoder of texts as a signature takes them: {@link TokenRow}s or {@link StringRow}s. */
@FunctionalInterface
interface Encoder<R> {
  /**
   * Returns the embedding of each row, in their order.
   *
   * @throws ApiException if the rows are wrong
   */
  float[][] encode(List<R> rows);
}
