package org.tdro.mixing.search;

import java.util.Arrays;
import org.tdro.io.Checks;
import org.tdro.io.CounterRandom;

/**
 * Random mixtures about a prior: the prior itself, and draws from the Dirichlet distribution with parameters
 * {@code concentration} · k · prior over k domains. With uniform priors and concentration 1 all mixtures are equally likely; the larger the
 * concentration, the nearer they are to the prior. The variance of a share p is p (1 − p) / (1 + k · concentration).
 *
 * <p>Each mixture follows from seed and index alone. Gamma variates are those of Marsaglia and Tsang (2000), computed as logarithms, so that
 * small concentrations underflow to 0 and never to 0 / 0.
 *
 * @param prior shares above 0 that sum to 1
 */
@SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
public record DirichletMixtures(double[] prior, double concentration, long seed) {
  /** The stream of random numbers that mixtures are drawn by. */
  private static final long STREAM = 0x6d697874757265L;

  private static final double UNIT = 0x1.0p-53;

  public DirichletMixtures {
    new Checks()
        .positive("concentration", concentration)
        .that(
            prior.length > 1 && Arrays.stream(prior).allMatch(share -> share > 0),
            "prior must hold at least two shares above 0, was " + Arrays.toString(prior))
        .done();
  }

  /** Returns a mixture; that of index 0 is the prior. */
  public double[] mixture(int index) {
    if (index == 0) {
      return prior.clone();
    }
    var logs = new double[prior.length];
    for (int domain = 0; domain < prior.length; domain++) {
      double shape = concentration * prior.length * prior[domain];
      logs[domain] = logGamma(shape, new Draws(seed, index, domain));
    }
    double highest = Arrays.stream(logs).max().orElseThrow();
    double sum = 0;
    for (int domain = 0; domain < logs.length; domain++) {
      logs[domain] = Math.exp(logs[domain] - highest);
      sum += logs[domain];
    }
    for (int domain = 0; domain < logs.length; domain++) {
      logs[domain] /= sum;
    }
    return logs;
  }

  /** Returns the logarithm of a gamma variate of scale 1. */
  private static double logGamma(double shape, Draws draws) {
    if (shape < 1) {
      // Γ(a) = Γ(a + 1) · U^(1/a)
      double log = logGamma(shape + 1, draws);
      return log + Math.log(draws.uniform()) / shape;
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = draws.normal();
      double root = 1 + c * x;
      double u = draws.uniform();
      if (root > 0) {
        double v = root * root * root;
        if (Math.log(u) < x * x / 2 + d * (1 - v + Math.log(v))) {
          return Math.log(d) + Math.log(v);
        }
      }
    }
  }

  /** The random numbers of one domain of one mixture. */
  private static final class Draws {
    private final long seed;
    private final int index;
    private final int domain;
    private int count;

    Draws(long seed, int index, int domain) {
      this.seed = seed;
      this.index = index;
      this.domain = domain;
    }

    /** Returns a number in (0, 1). */
    double uniform() {
      return ((CounterRandom.bits(seed, STREAM, index, domain, count++) >>> 11) + 0.5) * UNIT;
    }

    /** Returns a standard normal variate, by the transform of Box and Muller (1958). */
    double normal() {
      double radius = Math.sqrt(-2 * Math.log(uniform()));
      return radius * Math.cos(2 * Math.PI * uniform());
    }
  }
}
