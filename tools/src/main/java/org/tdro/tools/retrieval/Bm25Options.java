package org.tdro.tools.retrieval;

import java.util.Optional;
import org.tdro.search.lucene.Bm25;
import picocli.CommandLine.Option;

/** The parameters of BM25. */
final class Bm25Options {
  @Option(
      names = "--bm25-k1",
      paramLabel = "X",
      description =
          "How slowly further occurrences of a word count less (default: 0.9; tdro search: that of the index).")
  private Double k1;

  @Option(
      names = "--bm25-b",
      paramLabel = "X",
      description =
          "How much the length of documents counts, from 0 to 1 (default: 0.4; tdro search: that of the index).")
  private Double b;

  /** Returns the first option that is given. */
  Optional<String> given() {
    return Optional.ofNullable(k1 != null ? "--bm25-k1" : b != null ? "--bm25-b" : null);
  }

  /**
   * Returns the parameters.
   *
   * @param usual those that are not given
   * @throws IllegalArgumentException if one is out of its range
   */
  Bm25 over(Bm25 usual) {
    return new Bm25(k1 == null ? usual.k1() : k1, b == null ? usual.b() : b);
  }
}
