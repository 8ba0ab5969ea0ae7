package org.tdro.search.lucene;

import java.util.Locale;

/**
 * How a graph of neighbours (Malkov and Yashunin 2016) is built and searched; the names are those of hnswlib.
 *
 * @param m neighbours of a vector in each layer, twice as many in the lowest ({@code M}; Lucene: {@code maxConn}), from 2 to 512
 * @param efConstruction candidates that are kept while a vector looks for its neighbours ({@code ef_construction}; Lucene: {@code
 *     beamWidth}), from m to 3200
 * @param ef candidates that are kept while a query looks for documents, or the number of documents asked for if that is larger
 * @param quantization how the vectors are held that the graph is built and searched with
 */
public record Hnsw(int m, int efConstruction, int ef, Quantization quantization) {
  /** The values of Lucene, and an ef of 100. */
  public static final Hnsw DEFAULT = new Hnsw(16, 100, 100, Quantization.NONE);

  /** How the coordinates of vectors are held in memory; the documents that are found always get the scores of exact vectors. */
  public enum Quantization {
    /** Single precision. */
    NONE,
    /** A quarter of the memory: Lucene's scalar quantisation with 7 bits in a byte. */
    INT8,
    /** An eighth of the memory: Lucene's scalar quantisation with 4 bits, two in a byte. */
    INT4;

    /** Returns the name in lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Hnsw {
    check("M", m, 2, 512);
    check("efConstruction", efConstruction, m, 3200);
    check("ef", ef, 1, Integer.MAX_VALUE);
  }

  /** Whether the graph of one is that of the other, however they are searched. */
  public boolean isBuiltLike(Hnsw other) {
    return m == other.m
        && efConstruction == other.efConstruction
        && quantization == other.quantization;
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s of HNSW must be from %d to %d, was %d".formatted(name, least, most, value));
    }
  }
}
