package org.tdro.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Vectors that are hard to rank exactly, and a plain loop that does. */
public final class HostileVectors {
  private HostileVectors() {}

  /** Returns vectors of lengths from 1e-25 to 1e15, with many that are equal, nearly equal or opposite. */
  public static Embeddings of(int rows, int dimension, SplittableRandom random) {
    var values = new float[rows * dimension];
    for (int row = 0; row < rows; row++) {
      double scale = row % 3 == 0 ? 1 : Math.pow(10, random.nextInt(-25, 16));
      int other = row == 0 ? 0 : random.nextInt(row);
      for (int d = 0; d < dimension; d++) {
        float before = values[other * dimension + d];
        values[row * dimension + d] = switch (row % 5) {
          case 0 -> before;
          case 1 -> Math.nextUp(before);
          case 2 -> -before;
          default -> (float) (scale * random.nextDouble(-1, 1));
        };
      }
    }
    return new Embeddings(rows, dimension, values);
  }

  /** Returns ids whose order is not that of the rows. */
  public static List<String> ids(int count, long seed) {
    var random = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(i -> Integer.toString(random.nextInt(1 << 30), 36) + "-" + i)
        .toList();
  }

  /** Returns rows {@code from} to before {@code to}. */
  public static Embeddings part(Embeddings all, int from, int to) {
    int dimension = all.dimension();
    return new Embeddings(
        to - from, dimension, Arrays.copyOfRange(all.values(), from * dimension, to * dimension));
  }

  /** Returns the inner product in double precision. */
  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += (double) a[d] * b[d];
    }
    return sum;
  }

  /** Returns the length. */
  public static double norm(float[] a) {
    return Math.sqrt(dot(a, a));
  }

  /** Returns the best of all documents, scored one by one and sorted. */
  public static List<ScoredDocument> best(
      float[] query, Embeddings corpus, List<String> ids, int k) {
    var hits = new ArrayList<ScoredDocument>();
    for (int row = 0; row < ids.size(); row++) {
      hits.add(new ScoredDocument(ids.get(row), (float) dot(query, corpus.row(row))));
    }
    return hits.stream().sorted(ScoredDocument.RANKING).limit(k).toList();
  }
}
