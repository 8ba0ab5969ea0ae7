package org.tdro.data.shards;

import java.util.Arrays;

/** How often each length occurs: exact percentiles in memory that grows with the longest, not with the number of texts. */
public final class LengthCounts {
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
