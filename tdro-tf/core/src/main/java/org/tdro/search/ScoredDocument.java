package org.tdro.search;

import java.util.Comparator;

/**
 * One entry of a ranking: a document and its score.
 *
 * @param id the document's id
 * @param score finite, higher is better; −0.0 becomes 0.0, since trec_eval treats them as equal
 */
public record ScoredDocument(String id, double score) {
  /**
   * The order of rankings, best first: by descending score, equal scores by id in descending order of bytes. A search that keeps the
   * first k in this order keeps those that trec_eval ranks first, even if equal scores meet the cut.
   */
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
