package org.tdro.search;

import java.util.Comparator;

/**
 * One entry of a ranking. The natural order of a ranking is {@link #RANKING}.
 *
 * @param id the document
 * @param score finite, higher is better; −0.0 becomes 0.0, since trec_eval holds them equal
 */
public record ScoredDocument(String id, double score) {
  /** Best first: score descending, equal scores by id in descending order of bytes, as in trec_eval. */
  public static final Comparator<ScoredDocument> RANKING = Comparator.comparingDouble(
          ScoredDocument::score)
      .thenComparing(ScoredDocument::id, IdOrder.ASCENDING)
      .reversed();

  public ScoredDocument {
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException(
          "the score of document '" + id + "' must be finite, was " + score);
    }
    score = score == 0 ? 0.0 : score;
  }
}
