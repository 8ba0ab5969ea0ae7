package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;

class ExactSearchTest {
  private static Embeddings vectors(int dimension, float... values) {
    return new Embeddings(values.length / dimension, dimension, values);
  }

  /** Small integers: sums are exact in any order, and equal scores abound. */
  private static float[] integers(int count, long seed) {
    var random = new SplittableRandom(seed);
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-2, 3);
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    // queries, documents, dimension, k, block
    "1, 1, 1, 1, 1",
    "3, 40, 5, 100, 7",
    "70, 1500, 16, 10, 600",
    "33, 513, 7, 3, 513",
    "5, 1030, 2, 500, 1000",
  })
  void equalsBruteForceWithTies(int queries, int documents, int dimension, int k, int block) {
    var q = integers(queries * dimension, 1);
    var corpus = integers(documents * dimension, 2);
    var ids = HostileVectors.ids(documents, 3);
    var search = new ExactSearch(vectors(dimension, q), k);
    for (int from = 0; from < documents; from += block) {
      int to = Math.min(from + block, documents);
      search.add(
          ids.subList(from, to),
          vectors(dimension, Arrays.copyOfRange(corpus, from * dimension, to * dimension)));
    }
    assertThat(search.documents()).isEqualTo(documents);
    for (int query = 0; query < search.queries(); query++) {
      var vector = Arrays.copyOfRange(q, query * dimension, (query + 1) * dimension);
      assertThat(search.best(query))
          .isEqualTo(HostileVectors.best(vector, vectors(dimension, corpus), ids, k));
    }
  }

  @Test
  void equalVectorsHaveEqualScoresWhereverTheyAre() {
    var random = new SplittableRandom(5);
    int dimension = 37;
    var vector = new float[dimension];
    var query = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) random.nextDouble(-1, 1);
      query[d] = (float) random.nextDouble(-1, 1);
    }
    int documents = 1100;
    var corpus = new float[documents * dimension];
    for (int row = 0; row < documents; row++) {
      System.arraycopy(vector, 0, corpus, row * dimension, dimension);
    }
    var ids = HostileVectors.ids(documents, 6);
    var search = new ExactSearch(vectors(dimension, query), 20);
    search.add(ids, vectors(dimension, corpus));
    // Then the ids alone decide, at the cut too.
    var largest = ids.stream().sorted(IdOrder.ASCENDING.reversed()).limit(20).toList();
    assertThat(search.best(0)).extracting(ScoredDocument::id).isEqualTo(largest);
  }

  @Test
  void zerosAreEqualWhateverTheirSign() {
    var search = new ExactSearch(vectors(2, 1, 0), 1);
    search.add(List.of("b", "a"), vectors(2, -0f, -0f, 0, 0));
    assertThat(search.best(0)).containsExactly(new ScoredDocument("b", 0));
  }

  @Test
  void withoutDocumentsThereAreNoHits() {
    assertThat(new ExactSearch(vectors(1, 1), 3).best(0)).isEmpty();
  }

  @Test
  void vectorsMustBeFinite() {
    assertThatThrownBy(() -> new ExactSearch(vectors(2, 1, 2, 3, Float.NaN), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the vector of query row 1 holds NaN at 1");
    var search = new ExactSearch(vectors(2, 1, 2), 1);
    assertThatThrownBy(
            () -> search.add(List.of("a", "b"), vectors(2, 1, 2, Float.POSITIVE_INFINITY, 0)))
        .hasMessage("the vector of document 'b' (row 1) holds Infinity at 0");
  }

  /** In single precision it would be the difference of two infinities. */
  @Test
  void aSumWhosePartsOverflowIsExact() {
    var search = new ExactSearch(vectors(2, 1e30f, 1e30f), 1);
    search.add(List.of("a"), vectors(2, 1e30f, -1e30f));
    assertThat(search.best(0)).containsExactly(new ScoredDocument("a", 0));
  }

  /** The largest errors that a scorer may make must not change the result. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theErrorsOfAScorerDoNotShow(long seed) {
    int dimension = 12;
    int documents = 900;
    var random = new SplittableRandom(seed);
    var queries = HostileVectors.of(20, dimension, random);
    var corpus = HostileVectors.of(documents, dimension, random);
    var ids = HostileVectors.ids(documents, seed);
    double bound = 0.02;
    BlockScorer wrong = new BlockScorer() {
      @Override
      public void score(Embeddings block, Sink sink) {
        for (int query = 0; query < queries.rows(); query++) {
          var scores = new float[block.rows()];
          for (int row = 0; row < block.rows(); row++) {
            double most = bound
                * HostileVectors.norm(queries.row(query))
                * HostileVectors.norm(block.row(row));
            // Documents of even numbers gain, the others lose; a little less, for the float.
            double error = row % 2 == 0 ? most : -most;
            scores[row] =
                (float) (HostileVectors.dot(queries.row(query), block.row(row)) + 0.999 * error);
          }
          sink.accept(query, 0, scores, scores.length);
        }
      }

      @Override
      public double relativeError() {
        return bound;
      }
    };
    for (int k : new int[] {1, 7, 100, 2000}) {
      var search = new ExactSearch(queries, k, wrong);
      for (int from = 0; from < documents; from += 250) {
        int to = Math.min(documents, from + 250);
        search.add(ids.subList(from, to), HostileVectors.part(corpus, from, to));
      }
      for (int query = 0; query < queries.rows(); query++) {
        assertThat(search.best(query))
            .isEqualTo(HostileVectors.best(queries.row(query), corpus, ids, k));
      }
    }
  }

  @Test
  void aScoreThatOverflowsIsRefused() {
    var search = new ExactSearch(vectors(1, 1e30f), 1);
    assertThatThrownBy(() -> search.add(List.of("a"), vectors(1, 1e30f)))
        .hasMessage(
            "the score of query row 0 and document 'a' is Infinity: the vectors are too long");
  }

  @Test
  void theRunHoldsTheBestOfEveryQuery() {
    var search = new ExactSearch(vectors(1, 1, -1), 2);
    search.add(List.of("a", "b"), vectors(1, 1, 2));
    search.add(List.of("c"), vectors(1, 3));
    var run = search.run(List.of("q", "p"));
    assertThat(run.of("q")).containsExactly(new ScoredDocument("c", 3), new ScoredDocument("b", 2));
    assertThat(run.of("p"))
        .containsExactly(new ScoredDocument("a", -1), new ScoredDocument("b", -2));
  }

  @Test
  void aDocumentThatWasAddedTwiceIsRefused() {
    var search = new ExactSearch(vectors(1, 1), 2);
    search.add(List.of("a", "a"), vectors(1, 1, 2));
    assertThatThrownBy(() -> search.run(List.of("q")))
        .isInstanceOf(InputException.class)
        .hasMessage("query 'q' has document 'a' twice");
  }

  @Test
  void sizesMustFit() {
    assertThatThrownBy(() -> new Embeddings(1, 2, new float[3]))
        .hasMessage("3 values are not 1 rows of 2");
    assertThatThrownBy(
            () -> new ExactSearch(vectors(2, 0, 0), 1).add(List.of("a"), vectors(2, 0, 0, 0, 0)))
        .hasMessage("1 ids and queries of dimension 2 for 2 vectors of dimension 2");
    assertThatThrownBy(() -> new ExactSearch(vectors(2, 0, 0), 1).add(List.of("a"), vectors(1, 0)))
        .hasMessage("1 ids and queries of dimension 2 for 1 vectors of dimension 1");
    assertThatThrownBy(() -> new ExactSearch(vectors(2, 0, 0), 0))
        .hasMessageContaining("must be at least 1");
  }
}
