package org.tdro.search;

import java.util.List;

/** A method that ranks the documents of a corpus for queries: by embeddings, words or other rankings. */
@FunctionalInterface
public interface Ranker {
  /**
   * Returns the best documents for each query.
   *
   * @param topK the maximum number of documents per query
   */
  Run rank(List<Query> queries, Corpus corpus, int topK);
}
