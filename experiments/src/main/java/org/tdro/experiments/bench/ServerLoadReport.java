package org.tdro.experiments.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/** What a server did under load. */
public final class ServerLoadReport {
  private static final double NANOS_PER_MILLI = 1e6;

  private final int textsPerRequest;
  private final double seconds;
  private final long[] nanos;
  private final Map<String, Long> failures;

  /**
   * Creates a report.
   *
   * @param seconds from the first request to the last answer
   * @param nanos what the requests took that were answered, ascending
   * @param failures how many requests failed, by what was said
   */
  ServerLoadReport(int textsPerRequest, double seconds, long[] nanos, Map<String, Long> failures) {
    this.textsPerRequest = textsPerRequest;
    this.seconds = seconds;
    this.nanos = nanos;
    this.failures = Map.copyOf(failures);
  }

  /** Returns the number of requests that were answered. */
  public int answered() {
    return nanos.length;
  }

  /** Returns the seconds from the first request to the last answer. */
  public double seconds() {
    return seconds;
  }

  /** Returns the requests that were answered in a second. */
  public double requestsPerSecond() {
    return answered() / seconds;
  }

  /** Returns the texts that were embedded in a second. */
  public double textsPerSecond() {
    return requestsPerSecond() * textsPerRequest;
  }

  /** Returns the number of requests that failed, by what was said. */
  public Map<String, Long> failures() {
    return failures;
  }

  /** Returns the number of requests that failed. */
  public long failed() {
    return failures.values().stream().mapToLong(count -> count).sum();
  }

  /** Returns the mean time of an answer in ms; not a number if there was none. */
  public double meanMillis() {
    return LongStream.of(nanos).average().orElse(Double.NaN) / NANOS_PER_MILLI;
  }

  /**
   * Returns the time in ms within which a share of the answers came: the nearest rank; not a number if there was none.
   *
   * @param share from 0, the fastest, to 1, the slowest
   */
  public double millis(double share) {
    if (nanos.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(share * nanos.length);
    return nanos[Math.max(0, rank - 1)] / NANOS_PER_MILLI;
  }

  /** Returns all values by name; times in ms, null if there was no answer. */
  public Map<String, Object> values() {
    var values = new LinkedHashMap<String, Object>();
    values.put("requests", answered());
    values.put("seconds", seconds);
    values.put("requests_per_second", requestsPerSecond());
    values.put("texts_per_second", textsPerSecond());
    values.put("mean_ms", orNull(meanMillis()));
    values.put("p50_ms", orNull(millis(0.5)));
    values.put("p90_ms", orNull(millis(0.9)));
    values.put("p99_ms", orNull(millis(0.99)));
    values.put("max_ms", orNull(millis(1)));
    values.put("failed", failed());
    return values;
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
