package org.tdro.experiments.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.tdro.retriever.ranking.HnswRanker;
import org.tdro.search.Run;

/**
 * Measures searches for the largest inner products on the same vectors: queries in a second, and what each finds of what the first one
 * does, which should be exact.
 *
 * @param rounds how often each search is measured, in turn, after one time that is not
 */
public record SearchBenchmark(int rounds) {
  private static final double MILLIS = 1e3;

  public SearchBenchmark {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, was " + rounds);
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

  /** Returns the most memory that the process has of its own, without mapped files, while a search runs once; empty if there is no {@code /proc}. */
  public static OptionalDouble peakMib(Candidate candidate) {
    return ProcessUsage.peakAnonymousMib(() -> candidate.search().run());
  }

  /** Returns the number of running and waiting processes, averaged over a minute; negative if the system does not report it. */
  public static double load() {
    return ProcessUsage.load();
  }
}
