package org.tdro.data.shards;

import java.util.Arrays;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.Fold;
import org.tdro.rows.RowSource;

/**
 * What a domain holds. Lengths are tokens of imported domains, characters of JSONL files.
 *
 * @param domain its name
 * @param firstRows rows of the first fold
 * @param secondRows rows of the second fold
 * @param positives relevant passages
 * @param negatives irrelevant passages
 * @param rowsWithoutNegatives queries that have none
 * @param queryLengths of all queries
 * @param passageLengths of all passages, as often as they occur
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

  private static final int CHUNK_ROWS = 256;

  public long rows() {
    return firstRows + secondRows;
  }

  /** Statistics of imported domains, in tokens. */
  public static List<DomainStatistics> of(TrainingData data) {
    return data.domains().stream().map(DomainStatistics::of).toList();
  }

  private static DomainStatistics of(Domain domain) {
    var queries = new LengthCounts();
    var passages = new LengthCounts();
    for (long i = 0L; i < domain.size(Fold.ALL); i++) {
      var row = domain.row(Fold.ALL, i);
      queries.add(row.query().length);
      for (var passage : row.positives()) {
        passages.add(passage.length);
      }
      for (var passage : row.negatives()) {
        passages.add(passage.length);
      }
    }
    var counts = domain.counts();
    return new DomainStatistics(
        domain.name(),
        domain.size(Fold.FIRST),
        domain.size(Fold.SECOND),
        counts.positives(),
        counts.negatives(),
        counts.rowsWithoutNegatives(),
        queries,
        passages);
  }

  /**
   * Statistics of JSONL files, in characters (code points).
   *
   * @param places files, or folders of them
   * @throws InputException if a place is missing, or at the first wrong row of each file
   */
  public static List<DomainStatistics> ofFiles(List<Path> places) {
    var statistics = new ArrayList<DomainStatistics>();
    var problems = new ArrayList<String>();
    DomainFiles.sources(places).forEach((domain, file) -> {
      try {
        statistics.add(of(domain, file));
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    });
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return statistics;
  }

  private static DomainStatistics of(String domain, Path file) {
    var queries = new LengthCounts();
    var passages = new LengthCounts();
    var rows = new long[2];
    long positives = 0L;
    long negatives = 0L;
    long without = 0L;
    try (var reader = RowSource.open(file)) {
      for (var chunks = reader.chunks(CHUNK_ROWS); chunks.hasNext(); ) {
        for (var unparsed : chunks.next()) {
          var row = unparsed.parse();
          rows[Fold.of(row.queryId()) == Fold.FIRST ? 0 : 1]++;
          queries.add(characters(row.query()));
          for (var passage : row.positives()) {
            passages.add(characters(passage.content()));
          }
          for (var passage : row.negatives()) {
            passages.add(characters(passage.content()));
          }
          positives += row.positives().size();
          negatives += row.negatives().size();
          if (row.negatives().isEmpty()) {
            without++;
          }
        }
      }
    }
    return new DomainStatistics(
        domain, rows[0], rows[1], positives, negatives, without, queries, passages);
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  /** How often each length occurs: exact percentiles in memory that grows with the longest, not with the number of texts. */
  public static final class LengthCounts {
    private long[] counts = new long[64];
    private long total;

    /** Counts one more of a length. */
    void add(int length) {
      if (length >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(length + 1, 2 * counts.length));
      }
      counts[length]++;
      total++;
    }

    /** The smallest length that at least {@code share} (0 to 1) of all do not exceed; 0 where there are none. */
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

    /** The longest. */
    public int max() {
      return percentile(1);
    }

    public long total() {
      return total;
    }
  }
}
