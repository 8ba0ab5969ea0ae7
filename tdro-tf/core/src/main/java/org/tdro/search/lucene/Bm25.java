package org.tdro.search.lucene;

/**
 * The two parameters of BM25: a document d scores for a query q
 *
 * <pre>Σ over words t of q: count(t, q) · ln(1 + (N − n(t) + 0.5) / (n(t) + 0.5)) · f / (f + k1 · (1 − b + b · |d| / avgdl))</pre>
 *
 * with f occurrences of t in d, n(t) documents of N with t, and |d| words in d. As in Lucene, N counts documents with words alone,
 * and the factor k1 + 1 of the original, which changes no order, is left out. Lengths are exact, unlike in Lucene's own BM25.
 *
 * @param k1 how slowly further occurrences of a word count less, at least 0
 * @param b how much long documents are held to their length, from 0 to 1
 */
public record Bm25(double k1, double b) {
  /** The values of Anserini and BEIR. */
  public static final Bm25 DEFAULT = new Bm25(0.9, 0.4);

  public Bm25 {
    if (!(k1 >= 0 && Double.isFinite(k1))) {
      throw new IllegalArgumentException("k1 of BM25 must be at least 0, was " + k1);
    }
    if (!(b >= 0 && b <= 1)) {
      throw new IllegalArgumentException("b of BM25 must be from 0 to 1, was " + b);
    }
  }
}
