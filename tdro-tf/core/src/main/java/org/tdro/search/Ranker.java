package org.tdro.search;

import java.util.List;

/** Ranks the documents of a corpus for queries, whatever it compares them by: embeddings, words or other rankings. */
@FunctionalInterface
public interface Ranker {
  /**
   * Returns the best documents for each query.
   *
   * @param topK the most documents that a query gets
   */
  Run rank(List<Query> queries, Corpus corpus, int topK);
}
