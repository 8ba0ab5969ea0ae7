package org.tdro.data.shards;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.Fold;
import org.tdro.rows.Passage;
import org.tdro.rows.RowSource;

/**
 * Statistics of the rows of a domain. Lengths are in tokens for imported domains, in characters for JSONL files.
 *
 * @param domain its name
 * @param firstRows rows of the first fold
 * @param secondRows rows of the second fold
 * @param positives relevant passages
 * @param negatives irrelevant passages
 * @param rowsWithoutNegatives queries without an irrelevant passage
 * @param queryLengths of all queries
 * @param passageLengths of all passages, each counted as often as it occurs
 */
public record DomainStatistics(
    String domain,
    long firstRows,
    long secondRows,
    long positives,
    long negatives,
    long rowsWithoutNegatives,
    LengthCounts queryLengths,
    LengthCounts passageLengths) {

  private static final Logger LOG = LoggerFactory.getLogger(DomainStatistics.class);
  private static final int CHUNK_ROWS = 256;
  private static final List<Fold> HALVES = List.of(Fold.FIRST, Fold.SECOND);

  /** Returns the number of rows. */
  public long rows() {
    return firstRows + secondRows;
  }

  /** Returns the statistics of imported domains, in tokens. */
  public static List<DomainStatistics> of(TrainingData data) {
    return data.domains().stream().map(DomainStatistics::of).toList();
  }

  private static DomainStatistics of(Domain domain) {
    var tally = new Tally();
    for (var fold : HALVES) {
      for (long i = 0; i < domain.size(fold); i++) {
        var row = domain.row(fold, i);
        tally.add(fold, row.query().length, lengths(row.positives()), lengths(row.negatives()));
      }
    }
    return tally.statistics(domain.name());
  }

  private static int[] lengths(int[][] passages) {
    return Arrays.stream(passages).mapToInt(passage -> passage.length).toArray();
  }

  /**
   * Returns the statistics of JSONL files, in characters (code points).
   *
   * @param places files, or folders of them
   * @throws InputException listing missing places, or the first {@value Problems#SHOWN} problems of the rows
   */
  public static List<DomainStatistics> ofFiles(List<Path> places) {
    var statistics = new ArrayList<DomainStatistics>();
    var problems = new Problems();
    DomainFiles.sources(places, LOG::warn)
        .forEach((domain, file) -> statistics.add(of(domain, file, problems)));
    problems.throwIfAny();
    return statistics;
  }

  private static DomainStatistics of(String domain, Path file, Problems problems) {
    var tally = new Tally();
    try (var reader = RowSource.open(file)) {
      for (var chunks = reader.chunks(CHUNK_ROWS); chunks.hasNext() && !problems.isFull(); ) {
        chunks.next().forEach(row -> add(row, tally, problems));
      }
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    return tally.statistics(domain);
  }

  private static void add(RowSource.Unparsed unparsed, Tally tally, Problems problems) {
    try {
      var row = unparsed.parse();
      tally.add(
          Fold.of(row.queryId()),
          characters(row.query()),
          characters(row.positives()),
          characters(row.negatives()));
    } catch (InputException e) {
      problems.fill(e.problems());
    }
  }

  private static int[] characters(List<Passage> passages) {
    return passages.stream().mapToInt(passage -> characters(passage.content())).toArray();
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The statistics of the rows so far. */
  private static final class Tally {
    private final long[] rows = new long[HALVES.size()];
    private final LengthCounts queries = new LengthCounts();
    private final LengthCounts passages = new LengthCounts();
    private long positives;
    private long negatives;
    private long withoutNegatives;

    /** Adds a row by the lengths of its texts. */
    void add(Fold fold, int query, int[] positive, int[] negative) {
      rows[HALVES.indexOf(fold)]++;
      queries.add(query);
      IntStream.concat(Arrays.stream(positive), Arrays.stream(negative)).forEach(passages::add);
      positives += positive.length;
      negatives += negative.length;
      withoutNegatives += negative.length == 0 ? 1 : 0;
    }

    DomainStatistics statistics(String domain) {
      return new DomainStatistics(
          domain, rows[0], rows[1], positives, negatives, withoutNegatives, queries, passages);
    }
  }

  /** Counts of each length: exact percentiles in memory that grows with the longest text, not with the number of texts. */
  public static final class LengthCounts {
    private long[] counts = new long[64];
    private long total;

    /** Counts a text. */
    void add(int length) {
      if (length >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(length + 1, 2 * counts.length));
      }
      counts[length]++;
      total++;
    }

    /** Returns the smallest length that at least {@code share} (0 to 1) of the texts do not exceed; 0 without texts. */
    public int percentile(double share) {
      var wanted = Math.max(1, (long) Math.ceil(share * total));
      long seen = 0L;
      for (int length = 0; length < counts.length; length++) {
        seen += counts[length];
        if (seen >= wanted) {
          return length;
        }
      }
      return 0;
    }

    /** Returns the length of the longest text; 0 without texts. */
    public int max() {
      return percentile(1);
    }

    /** Returns the number of texts. */
    public long total() {
      return total;
    }
  }
}
