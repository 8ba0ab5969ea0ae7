package org.tdro.retriever.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.retriever.ranking.ProductScorer.Precision;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.HostileVectors;

class ProductScorerTest {
  @ParameterizedTest
  @EnumSource(Precision.class)
  void findsWhatALoopInDoublePrecisionFinds(Precision precision) {
    for (int dimension : new int[] {1, 7, 64}) {
      var random = new SplittableRandom(dimension);
      var queries = HostileVectors.of(40, dimension, random);
      var corpus = HostileVectors.of(1100, dimension, random);
      var ids = HostileVectors.ids(corpus.rows(), dimension);
      for (int k : new int[] {1, 30, 2000}) {
        try (var scorer = new ProductScorer(queries, precision)) {
          var search = new ExactSearch(queries, k, scorer);
          for (int from = 0; from < corpus.rows(); from += 400) {
            int to = Math.min(corpus.rows(), from + 400);
            search.add(ids.subList(from, to), HostileVectors.part(corpus, from, to));
          }
          for (int query = 0; query < queries.rows(); query++) {
            assertThat(search.best(query))
                .isEqualTo(HostileVectors.best(queries.row(query), corpus, ids, k));
          }
        }
      }
    }
  }

  /** The scores themselves, of vectors whose products nearly cancel. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void isWrongByNoMoreThanItsBound(Precision precision) {
    var random = new SplittableRandom(9);
    int dimension = 384;
    var queries = new Embeddings(3, dimension, new float[3 * dimension]);
    var corpus = new Embeddings(500, dimension, new float[500 * dimension]);
    for (var embeddings : List.of(queries, corpus)) {
      for (int i = 0; i < embeddings.values().length; i++) {
        embeddings.values()[i] = (float) random.nextDouble(-1, 1);
      }
    }
    try (var scorer = new ProductScorer(queries, precision)) {
      scorer.score(corpus, (query, first, scores, count) -> {
        assertThat(count).isEqualTo(corpus.rows());
        var q = queries.row(query);
        for (int row = 0; row < count; row++) {
          var x = corpus.row(first + row);
          double bound = scorer.relativeError()
              * Math.sqrt(HostileVectors.dot(q, q))
              * Math.sqrt(HostileVectors.dot(x, x));
          assertThat(Math.abs(scores[row] - HostileVectors.dot(q, x))).isLessThanOrEqualTo(bound);
        }
      });
    }
  }

  @Test
  void manyQueriesAreScoredInGroups() {
    var random = new SplittableRandom(4);
    var queries = HostileVectors.of(2100, 3, random);
    var corpus = HostileVectors.of(50, 3, random);
    var ids = IntStream.range(0, 50).mapToObj(Integer::toString).toList();
    try (var scorer = new ProductScorer(queries)) {
      var search = new ExactSearch(queries, 5, scorer);
      search.add(List.of(), HostileVectors.part(corpus, 0, 0));
      search.add(ids, corpus);
      for (int query : new int[] {0, 1023, 1024, 2099}) {
        assertThat(search.best(query))
            .isEqualTo(HostileVectors.best(queries.row(query), corpus, ids, 5));
      }
    }
  }
}
