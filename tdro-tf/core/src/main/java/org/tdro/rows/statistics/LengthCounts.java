package org.tdro.rows.statistics;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** Counts of each length: exact percentiles in memory that grows with the longest text, not with the number of texts. */
public final class LengthCounts {
  private long[] counts = new long[64];
  private long total;

  /** Begins without texts. */
  public LengthCounts() {}

  /**
   * The percentiles of some lengths.
   *
   * @param p50 the median
   */
  public record Percentiles(int p5, int p25, int p50, int p75, int p95, int p99, int max) {}

  /** Counts a text. */
  public void add(int length) {
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

  /** Returns the usual percentiles, as which the counts are written to JSON. */
  @JsonValue
  public Percentiles percentiles() {
    return new Percentiles(
        percentile(0.05),
        percentile(0.25),
        percentile(0.5),
        percentile(0.75),
        percentile(0.95),
        percentile(0.99),
        max());
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
