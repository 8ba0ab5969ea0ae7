package org.tdro.evaluation.significance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Variance;
import org.apache.commons.statistics.distribution.TDistribution;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.io.CounterRandom;

/**
 * The differences of two retrievers query by query, on one set or on several. The difference of several sets is the mean of the sets'
 * mean differences: d = (1/S) Σₛ (1/nₛ) Σ_q d_sq. So each set counts alike, however many queries it has, and all tests are of this d. The
 * P parts of a set ({@link EvaluationSet#whole()}) count as one: each has 1/P of its share.
 * The sets are taken as given; what varies are their queries.
 */
public final class PairedDifferences {
  /** Up to so many differences other than 0, the randomisation test counts all their signs. */
  static final int EXACT = 20;

  private static final int FEWEST = 100;

  /** More take memory, 16 bytes for each pair of systems and each set, and tell nothing. */
  private static final int MOST = 1_000_000;

  /** Smaller differences come from the rounding of means over runs. */
  private static final double NOISE = 1e-12;

  private static final long SIGNS = 1;
  private static final long DRAWS = 2;

  private final List<Stratum> sets;
  private final int wholes;

  /** For each set, of how many parts its whole has it is one. */
  private final long[] parts;

  /** An interval of differences; NaN where there is none. */
  public record Interval(double low, double high) {}

  /**
   * Number and seed of the samples of randomisation and bootstrap.
   *
   * @param count signs, or draws, of all queries
   * @param seed another one gives other samples
   */
  public record Samples(int count, long seed) {
    public Samples {
      if (count < FEWEST || count > MOST) {
        throw new IllegalArgumentException(
            "samples must be from %d to %d, was %d".formatted(FEWEST, MOST, count));
      }
    }
  }

  /** One set: the difference of each query, and its mean for each sample of signs, and of queries. */
  private static final class Stratum {
    private final String whole;
    private final double[] values;
    private final double[] flipped;
    private final double[] drawn;

    Stratum(String set, double[] values, Samples samples) {
      whole = EvaluationSet.whole(set);
      this.values = Arrays.stream(values)
          .map(value -> Math.abs(value) < NOISE ? 0 : value)
          .toArray();
      flipped = sampled(set, samples, SIGNS, this::flipped);
      drawn = sampled(set, samples, DRAWS, this::drawn);
    }

    private interface Sample {
      double of(long state);
    }

    private static double[] sampled(String set, Samples samples, long purpose, Sample sample) {
      long name = CounterRandom.nameHash(set);
      return IntStream.range(0, samples.count())
          .parallel()
          .mapToDouble(i -> sample.of(CounterRandom.bits(samples.seed(), name, purpose, i)))
          .toArray();
    }

    private double flipped(long state) {
      double sum = 0;
      long bits = 0;
      for (int i = 0; i < values.length; i++) {
        bits = i % Long.SIZE == 0 ? random(state, i) : bits >>> 1;
        sum += (bits & 1) == 0 ? values[i] : -values[i];
      }
      return sum / values.length;
    }

    private double drawn(long state) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[CounterRandom.below(values.length, random(state, i))];
      }
      return sum / values.length;
    }

    private static long random(long state, int i) {
      return CounterRandom.mix(state + i * CounterRandom.GOLDEN);
    }

    double mean() {
      return Mean.of(values).getAsDouble();
    }

    /** Returns the squared standard error of the mean; NaN for a single query. */
    double squaredError() {
      return values.length < 2 ? Double.NaN : Variance.of(values).getAsDouble() / values.length;
    }
  }

  private PairedDifferences(List<Stratum> sets) {
    this.sets = sets;
    this.wholes = (int) sets.stream().map(set -> set.whole).distinct().count();
    this.parts = sets.stream()
        .mapToLong(
            set -> sets.stream().filter(other -> other.whole.equals(set.whole)).count())
        .toArray();
  }

  /**
   * The differences on one set.
   *
   * @param set its name; the samples of two sets are independent
   * @param values one for each query
   */
  public static PairedDifferences of(String set, double[] values, Samples samples) {
    if (values.length == 0) {
      throw new IllegalArgumentException("there are no queries");
    }
    return new PairedDifferences(List.of(new Stratum(set, values, samples)));
  }

  /** The differences on several sets together. */
  public static PairedDifferences ofSets(List<PairedDifferences> sets) {
    var all = new ArrayList<Stratum>();
    sets.forEach(set -> all.addAll(set.sets));
    return new PairedDifferences(List.copyOf(all));
  }

  /** Returns the mean of the sets' mean differences. */
  public double mean() {
    return IntStream.range(0, sets.size())
            .mapToDouble(i -> sets.get(i).mean() / parts[i])
            .sum()
        / wholes;
  }

  /**
   * Returns the two-sided p-value of Student's t-test of the mean against 0: t = d / √V with V = (1/S²) Σₛ sₛ²/nₛ. On one set this is the
   * paired t-test with n - 1 degrees of freedom; on several their number is Welch's and Satterthwaite's, V² / Σₛ (Vₛ² / (nₛ - 1)).
   *
   * @return NaN if a set has a single query
   */
  public double student() {
    double mean = mean();
    double variance = 0;
    double perFreedom = 0;
    for (int i = 0; i < sets.size(); i++) {
      var set = sets.get(i);
      double divisor = wholes * (double) parts[i];
      double part = set.squaredError() / divisor / divisor;
      variance += part;
      perFreedom += part * part / (set.values.length - 1);
    }
    if (Double.isNaN(variance) || variance > 0) {
      double t = Math.abs(mean) / Math.sqrt(variance);
      return Double.isNaN(t)
          ? Double.NaN
          : 2 * TDistribution.of(variance * variance / perFreedom).survivalProbability(t);
    }
    return mean == 0 ? 1 : 0;
  }

  /**
   * Returns the two-sided p-value of Fisher's randomisation test: the share of signs of the differences with which the mean is as far
   * from 0 as with their own. All signs are counted if at most {@value #EXACT} differences are not 0; otherwise it is (b + 1) / (B +
   * 1), b of B sampled signs being so (Phipson and Smyth 2010).
   */
  public double fisher() {
    var weighted = IntStream.range(0, sets.size())
        .boxed()
        .flatMapToDouble(i -> Arrays.stream(sets.get(i).values)
            .map(value -> value / sets.get(i).values.length / parts[i] / wholes))
        .filter(value -> value != 0)
        .toArray();
    double observed = Math.abs(Arrays.stream(weighted).sum());
    // Sums of the same numbers in another order may differ in their last digits.
    double reached = observed - 1e-12 * Arrays.stream(weighted).map(Math::abs).sum();
    if (weighted.length <= EXACT) {
      return (double) extreme(weighted, 0, 0, reached) / (1L << weighted.length);
    }
    int samples = sets.get(0).flipped.length;
    long extreme = IntStream.range(0, samples)
        .filter(sample -> Math.abs(mean(sample, set -> set.flipped)) >= reached)
        .count();
    return (extreme + 1.0) / (samples + 1.0);
  }

  /** Returns how many signs of the values from {@code next} on make a sum that is as far from 0 as {@code reached}. */
  private static long extreme(double[] values, int next, double sum, double reached) {
    return next == values.length
        ? (Math.abs(sum) >= reached ? 1 : 0)
        : extreme(values, next + 1, sum + values[next], reached)
            + extreme(values, next + 1, sum - values[next], reached);
  }

  /**
   * Returns the interval between the α/2 and 1 - α/2 quantiles of the mean over bootstrap samples, which draw the queries of each set
   * anew (percentile method, Efron 1979). It is one of this difference alone, not corrected for others.
   */
  public Interval bootstrap(double alpha) {
    int samples = sets.get(0).drawn.length;
    var means =
        IntStream.range(0, samples).mapToDouble(s -> mean(s, set -> set.drawn)).toArray();
    var bounds = Quantile.withDefaults().evaluate(means, alpha / 2, 1 - alpha / 2);
    return new Interval(bounds[0], bounds[1]);
  }

  private interface Sampled {
    double[] of(Stratum set);
  }

  private double mean(int sample, Sampled sampled) {
    double sum = 0;
    for (int i = 0; i < sets.size(); i++) {
      sum += sampled.of(sets.get(i))[sample] / parts[i];
    }
    return sum / wholes;
  }
}
