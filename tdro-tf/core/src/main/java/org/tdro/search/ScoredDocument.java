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
   * The order of rankings, best first: by descending score in single precision, equal scores by id in descending order of bytes. So
   * does trec_eval up to 9.0.8, which holds scores as floats: doubles that differ beyond that precision tie. A search that keeps the
   * first k in this order keeps those that trec_eval ranks first, even if equal scores meet the cut.
   */
  public static final Comparator<ScoredDocument> RANKING =
      Comparator.<ScoredDocument>comparingDouble(
              document -> (float) document.score() + 0f) // -0 becomes 0
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
