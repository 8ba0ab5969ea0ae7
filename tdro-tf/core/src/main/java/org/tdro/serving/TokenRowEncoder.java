package org.tdro.serving;

import java.util.List;

/** An encoder of tokenised texts. */
@FunctionalInterface
interface TokenRowEncoder {
  /**
   * Returns the embedding of each row, in their order.
   *
   * @throws ApiException if the rows are wrong
   */
  float[][] encode(List<TokenRow> rows);
}
