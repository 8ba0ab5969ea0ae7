package org.tdro.search;

import java.util.Comparator;

/**
 * A neighbour found by a search.
 *
 * @param row the position of the document in the corpus, from 0, in the order in which it was added
 * @param id the document's id
 * @param score the inner product
 */
public record Hit(int row, String id, float score) {
  /**
   * Best first: score descending, then id in descending order of bytes as in run files, then row. A search that keeps the
   * first k in this order keeps what trec_eval would rank first, also where equal scores meet the cut.
   */
  public static final Comparator<Hit> RANKING = ((Comparator<Hit>)
          (a, b) -> Float.compare(b.score, a.score))
      .thenComparing(Hit::id, IdOrder.ASCENDING.reversed())
      .thenComparingInt(Hit::row);
}
