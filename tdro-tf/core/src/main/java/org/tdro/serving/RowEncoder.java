package org.tdro.serving;

import java.util.List;

/** Computes the embeddings of rows, in their order. */
@FunctionalInterface
interface RowEncoder {
  /**
   * The embedding of each row.
   *
   * @throws ApiException if the rows are wrong
   */
  float[][] encode(List<TokenRow> rows);
}
