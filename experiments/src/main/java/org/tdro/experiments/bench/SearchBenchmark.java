package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.io.CounterRandom;
import org.tdro.retriever.HnswRanker;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.Run;

/**
 * Measures searches for the largest inner products on the same vectors: queries in a second, and what each finds of what the first one
 * does, which should be exact.
 *
 * @param documents random vectors of length 1 around centres, a thousand documents for each
 * @param queries random vectors around the same centres
 * @param topK documents of a query
 * @param rounds how often each search is measured, in turn, after one time that is not
 */
public record SearchBenchmark(
    int documents, int dimension, int queries, int topK, int rounds, long seed) {
  /** Documents of a block. */
  private static final int BLOCK = 8192;

  private static final int DOCUMENTS_PER_CENTRE = 1000;

  /** The length of what is added to a centre, whose length is 1. */
  private static final double SPREAD = 1;

  private static final double MILLIS = 1e3;

  private static final int CENTRE = 0;
  private static final int DOCUMENT = 1;
  private static final int QUERY = 2;

  public SearchBenchmark {
    if (Stream.of(documents, dimension, queries, topK, rounds).anyMatch(number -> number < 1)) {
      throw new IllegalArgumentException(
          "documents, dimension, queries, top-k and rounds must be at least 1");
    }
  }

  /**
   * A search to measure.
   *
   * @param prepareSeconds what it took to prepare it
   * @param bytes what a query may read
   * @param search searches all queries of the benchmark
   */
  public record Candidate(String name, double prepareSeconds, long bytes, Search search) {
    /** Searches all queries of the benchmark. */
    @FunctionalInterface
    public interface Search {
      /** Returns what was found. */
      Run run();
    }
  }

  /**
   * What was measured.
   *
   * @param recall the share of the documents of the first candidate that were found
   * @param times those of all queries
   */
  public record Row(Candidate candidate, double recall, StepTimes times) {
    /** Returns the queries in a second, of {@code queries} that were searched at once. */
    public double queriesPerSecond(int queries) {
      return queries / times.median() * MILLIS;
    }
  }

  /** Measures candidates; the first one is exact. */
  public List<Row> run(List<Candidate> candidates) {
    var runs = new ArrayList<Run>();
    var tasks = new LinkedHashMap<Candidate, Runnable>();
    for (var candidate : candidates) {
      runs.add(candidate.search().run());
      tasks.put(candidate, () -> candidate.search().run());
    }
    var times = StepTimes.inTurn(tasks, rounds);
    return IntStream.range(0, runs.size())
        .mapToObj(i -> new Row(
            candidates.get(i),
            new HnswRanker.Comparison(runs.get(0), runs.get(i)).recall(),
            times.get(candidates.get(i))))
        .toList();
  }

  /** Returns the documents in blocks. */
  public List<DocumentEmbeddings> documentBlocks() {
    return IntStream.iterate(0, from -> from < documents, from -> from + BLOCK)
        .mapToObj(from -> {
          int to = Math.min(from + BLOCK, documents);
          return new DocumentEmbeddings(
              IntStream.range(from, to).mapToObj(row -> "d" + row).toList(),
              vectors(DOCUMENT, from, to));
        })
        .toList();
  }

  /** Returns an id for each query. */
  public List<String> queryIds() {
    return IntStream.range(0, queries).mapToObj(row -> "q" + row).toList();
  }

  /** Returns the queries. */
  public Embeddings queryVectors() {
    return vectors(QUERY, 0, queries);
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
