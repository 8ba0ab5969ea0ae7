package org.tdro.search.lucene;

import org.apache.lucene.index.FieldInvertState;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.similarities.Similarity;

/** {@link Bm25} in Lucene, whose own {@code BM25Similarity} keeps lengths above 40 with four significant bits. */
final class ExactBm25Similarity extends Similarity {
  private final Bm25 parameters;

  ExactBm25Similarity(Bm25 parameters) {
    this.parameters = parameters;
  }

  @Override
  public long computeNorm(FieldInvertState state) {
    return state.getLength();
  }

  @Override
  public SimScorer scorer(float count, CollectionStatistics collection, TermStatistics... terms) {
    long withTerm = terms[0].docFreq();
    double weight =
        count * Math.log(1 + (collection.docCount() - withTerm + 0.5) / (withTerm + 0.5));
    double shortest = parameters.k1() * (1 - parameters.b());
    double perWord =
        parameters.k1() * parameters.b() * collection.docCount() / collection.sumTotalTermFreq();
    return new SimScorer() {
      @Override
      public float score(float occurrences, long length) {
        return (float) (weight * occurrences / (occurrences + shortest + perWord * length));
      }
    };
  }
}
