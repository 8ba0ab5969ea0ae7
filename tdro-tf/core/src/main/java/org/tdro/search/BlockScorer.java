package org.tdro.search;

/**
 * Scores blocks of documents for a fixed set of queries: fast, and wrong by no more than a known bound. {@link ExactSearch} computes again
 * what the bound leaves open, so the choice of a scorer changes its time and not its results.
 */
public interface BlockScorer {
  /** The unit roundoff of single precision. */
  double FLOAT = 0x1p-24;

  /** The unit roundoff of double precision. */
  double DOUBLE = 0x1p-53;

  /** A receiver of scores. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes the scores of one query and some documents of the block. Calls for different queries may come from different threads at the
     * same time.
     *
     * @param first the first of the documents, counted in the block
     * @param scores valid during the call
     * @param count of the documents
     */
    void accept(int query, int first, float[] scores, int count);
  }

  /** Scores every query with every document of a block; returns when {@code sink} has all scores. */
  void score(Embeddings documents, Sink sink);

  /**
   * Returns a number e such that each score of a query q and a document x differs from their inner product by at most {@code e·‖q‖·‖x‖},
   * and by what underflows: {@code 2⁻¹²⁶} in each of the inputs, products and sums. It holds where ‖q‖, ‖x‖ and their product are at most
   * {@code 2¹²⁶}.
   */
  double relativeError();

  /**
   * Returns the bound of {@link #relativeError} for a sum of {@code terms} products in any order, fused or not (Higham, Accuracy and
   * Stability of Numerical Algorithms, section 3.1).
   *
   * @param unit the unit roundoff of products and sums
   */
  static double relativeError(int terms, double unit) {
    return terms * unit / (1 - terms * unit);
  }
}
