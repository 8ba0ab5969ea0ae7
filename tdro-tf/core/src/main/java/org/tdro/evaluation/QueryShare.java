package org.tdro.evaluation;

import java.nio.charset.StandardCharsets;
import org.tdro.io.Checks;
import org.tdro.io.CounterRandom;

/**
 * A division of the queries of evaluation sets into development queries, by which choices are made, and test queries, which measure what was
 * chosen. A hash of its id decides about a query: the division is the same for everyone, and a larger share holds a smaller one.
 *
 * @param dev the share of the development queries, in [0, 1); with 0, all are test queries
 */
public record QueryShare(double dev) {
  /** The stream of random numbers that the division is drawn by: another than that of folds and samples. */
  private static final long STREAM = 0x646576L;

  public QueryShare {
    new Checks().that(dev >= 0 && dev < 1, "dev must be in [0, 1), was " + dev).done();
  }

  /** Whether the query of an id is a development query. */
  public boolean isDev(String query) {
    long bits =
        CounterRandom.bits(STREAM, CounterRandom.fnv1a(query.getBytes(StandardCharsets.UTF_8)));
    return (bits >>> 11) * 0x1p-53 < dev;
  }

  /** Returns the set with its development queries alone. */
  public EvaluationSet dev(EvaluationSet set) {
    return set.withQueries(this::isDev, set.content().split() + " (development part, " + dev + ")");
  }

  /** Returns the set with its test queries alone. */
  public EvaluationSet test(EvaluationSet set) {
    return dev == 0
        ? set
        : set.withQueries(
            query -> !isDev(query),
            set.content().split() + " (without the development part, " + dev + ")");
  }
}
