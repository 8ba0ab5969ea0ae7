package org.tdro.search.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.search.lucene.Hnsw.Quantization;

class HnswIndexTest {
  private static final int DIMENSION = 24;
  private static final int CLUSTERS = 40;
  private static final Embeddings QUERIES = clustered(2, 50);
  private static final List<String> QUERY_IDS = ids("q", QUERIES.rows());

  @TempDir
  private Path folder;

  /** Vectors around 40 centres, of lengths between 0.5 and 1.5. */
  private static Embeddings clustered(long seed, int rows) {
    var values = new float[rows * DIMENSION];
    for (int row = 0; row < rows; row++) {
      double length = 0.5 + uniform(seed + 100, row);
      for (int i = 0; i < DIMENSION; i++) {
        double centre = uniform(1, row % CLUSTERS * DIMENSION + i) - 0.5;
        double noise = uniform(seed, row * DIMENSION + i) - 0.5;
        values[row * DIMENSION + i] = (float) (length * (centre + 0.4 * noise));
      }
    }
    return new Embeddings(rows, DIMENSION, values);
  }

  private static double uniform(long seed, long index) {
    return (CounterRandom.bits(seed, index) >>> 11) * 0x1p-53;
  }

  private static List<String> ids(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static DocumentEmbeddings documents(int rows) {
    return new DocumentEmbeddings(ids("d", rows), clustered(3, rows));
  }

  private Run search(DocumentEmbeddings documents, Hnsw hnsw, int k) {
    var place = folder.resolve("index");
    HnswIndex.write(place, Stream.of(documents), hnsw);
    try (var index = HnswIndex.open(place, hnsw.ef())) {
      return index.search(QUERY_IDS, QUERIES, k);
    }
  }

  private static Run exact(DocumentEmbeddings documents, int k) {
    var search = new ExactSearch(QUERIES, k);
    search.add(documents.ids(), documents.embeddings());
    return search.run(QUERY_IDS);
  }

  private static double recall(Run exact, Run found) {
    double sum = 0;
    for (var query : exact.queries()) {
      var ids = new HashSet<String>();
      found.of(query).forEach(document -> ids.add(document.id()));
      exact.of(query).forEach(document -> ids.remove(document.id()));
      sum += 1 - (double) ids.size() / exact.of(query).size();
    }
    return sum / exact.queries().size();
  }

  @ParameterizedTest
  @EnumSource
  void mostDocumentsAreFound(Quantization quantization) {
    var documents = documents(2000);
    var exact = exact(documents, 10);
    var thorough = recall(exact, search(documents, new Hnsw(16, 100, 100, quantization), 10));
    assertThat(thorough).isGreaterThan(0.98);
    var careless = recall(exact, search(documents, new Hnsw(2, 2, 10, quantization), 10));
    assertThat(careless).isLessThan(thorough - 0.1);
  }

  @ParameterizedTest
  @EnumSource
  void theSameVectorsGiveTheSameGraph(Quantization quantization) {
    var documents = documents(1500);
    var hnsw = new Hnsw(4, 8, 10, quantization);
    var run = search(documents, hnsw, 10);
    assertThat(recall(exact(documents, 10), run)).isLessThan(1);
    var again = search(documents, hnsw, 10);
    run.queries().forEach(query -> assertThat(again.of(query)).isEqualTo(run.of(query)));
  }

  @ParameterizedTest
  @EnumSource
  void scoresAreExactAndOrderedAsTrecEvalDoes(Quantization quantization) {
    var vectors = new float[60];
    for (int row = 0; row < 30; row++) {
      vectors[2 * row] = row % 3;
      vectors[2 * row + 1] = -1;
    }
    var documents = new DocumentEmbeddings(ids("d", 30), new Embeddings(30, 2, vectors));
    HnswIndex.write(
        folder.resolve("index"), Stream.of(documents), new Hnsw(16, 100, 30, quantization));
    try (var index = HnswIndex.open(folder.resolve("index"), 30)) {
      assertThat(index.search(new float[] {-3, 0.5f}, 4))
          .containsExactly(
              new ScoredDocument("d9", -0.5),
              new ScoredDocument("d6", -0.5),
              new ScoredDocument("d3", -0.5),
              new ScoredDocument("d27", -0.5));
      assertThat(index.size()).isEqualTo(30);
      assertThat(index.search(new float[] {1, 0}, 100)).hasSize(30);
    }
  }

  @Test
  void withoutTheGraphNothingIsMissed() {
    var documents = documents(500);
    var place = folder.resolve("index");
    HnswIndex.write(place, Stream.of(documents), Hnsw.DEFAULT);
    try (var index = HnswIndex.open(place, 10)) {
      assertThat(recall(exact(documents, 10), index.searchExhaustively(QUERY_IDS, QUERIES, 10)))
          .isEqualTo(1);
    }
  }

  @Test
  void vectorsMayBeLongerThanLuceneAllows() {
    var values = new float[2 * 1500];
    values[0] = 1;
    values[2999] = 2;
    var documents = new DocumentEmbeddings(ids("d", 2), new Embeddings(2, 1500, values));
    HnswIndex.write(folder.resolve("index"), Stream.of(documents), Hnsw.DEFAULT);
    try (var index = HnswIndex.open(folder.resolve("index"), 10)) {
      var query = new float[1500];
      query[1499] = 3;
      assertThat(index.dimension()).isEqualTo(1500);
      assertThat(index.search(query, 1)).containsExactly(new ScoredDocument("d1", 6));
    }
  }

  @Test
  void whatIsWrongWithVectorsIsSaid() {
    var place = folder.resolve("index");
    assertThatThrownBy(() -> HnswIndex.write(place, Stream.of(), Hnsw.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("there are no documents to index");
    assertThatThrownBy(
            () -> HnswIndex.write(place, Stream.of(documents(2), documents(2)), Hnsw.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("was added twice");
    var nan =
        new DocumentEmbeddings(List.of("x"), new Embeddings(1, 2, new float[] {0, Float.NaN}));
    assertThatThrownBy(() -> HnswIndex.write(place, Stream.of(nan), Hnsw.DEFAULT))
        .hasMessage("the vector of document 'x' holds a number that is not finite");
    var other = new DocumentEmbeddings(List.of("x"), new Embeddings(1, 2, new float[2]));
    assertThatThrownBy(() -> HnswIndex.write(place, Stream.of(documents(2), other), Hnsw.DEFAULT))
        .hasMessage("vectors of dimension 2 after some of 24");
    assertThat(place).doesNotExist();
    assertThatThrownBy(() -> new Hnsw(1, 100, 100, Quantization.NONE))
        .hasMessage("M of HNSW must be from 2 to 512, was 1");
    assertThatThrownBy(() -> new Hnsw(16, 8, 100, Quantization.NONE))
        .hasMessage("efConstruction of HNSW must be from 16 to 3200, was 8");
  }
}
