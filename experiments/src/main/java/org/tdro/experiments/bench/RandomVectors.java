package org.tdro.experiments.bench;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.CounterRandom;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.EmbeddingFormat;
import org.tdro.search.Embeddings;

/**
 * Random vectors of length 1 around centres, a thousand documents for each, and queries around the same centres.
 *
 * @param documents their number
 * @param dimension the size of a vector
 */
public record RandomVectors(int documents, int dimension, long seed) {
  /** Documents of a block. */
  private static final int BLOCK = 8192;

  private static final int DOCUMENTS_PER_CENTRE = 1000;

  /** The length of what is added to a centre, whose length is 1. */
  private static final double SPREAD = 1;

  private static final int CENTRE = 0;
  private static final int DOCUMENT = 1;
  private static final int QUERY = 2;

  public RandomVectors {
    if (documents < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          "documents and dimension must be at least 1, were " + documents + " and " + dimension);
    }
  }

  /** Writes the documents to an Arrow file, in little memory. */
  public void write(Path file) {
    AtomicWrite.file(file, beside -> {
      try (var writer = EmbeddingFormat.ARROW.open(beside, dimension)) {
        for (int from = 0; from < documents; from += BLOCK) {
          var block = block(from, Math.min(from + BLOCK, documents));
          writer.write(block.ids(), block.embeddings());
        }
        writer.finish();
      }
    });
  }

  private DocumentEmbeddings block(int from, int to) {
    return new DocumentEmbeddings(
        IntStream.range(from, to).mapToObj(row -> "d" + row).toList(), vectors(DOCUMENT, from, to));
  }

  /** Returns vectors of queries. */
  public Embeddings queries(int number) {
    return vectors(QUERY, 0, number);
  }

  private Embeddings vectors(int kind, int from, int to) {
    int centres = Math.max(1, documents / DOCUMENTS_PER_CENTRE);
    var values = new float[(to - from) * dimension];
    IntStream.range(from, to).parallel().forEach(row -> {
      int centre = CounterRandom.below(centres, CounterRandom.bits(seed, kind, row));
      double squares = 0;
      var vector = new double[dimension];
      for (int i = 0; i < dimension; i++) {
        vector[i] = symmetric(CENTRE, centre, i) + SPREAD * symmetric(kind, row, i);
        squares += vector[i] * vector[i];
      }
      for (int i = 0; i < dimension; i++) {
        values[(row - from) * dimension + i] = (float) (vector[i] / Math.sqrt(squares));
      }
    });
    return new Embeddings(to - from, dimension, values);
  }

  /** Returns a number between -1 and 1. */
  private double symmetric(long kind, long row, long coordinate) {
    return CounterRandom.bits(seed, kind, row, coordinate) * 0x1p-63;
  }
}
