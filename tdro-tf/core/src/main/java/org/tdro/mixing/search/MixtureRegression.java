package org.tdro.mixing.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Mixture regression: what mixtures do to each of several measures, and the mixture that is predicted to be best for their mean (RegMix, Liu et
 * al. 2024; Olmix, Chen et al. 2026).
 *
 * @param fits by the name of the measure
 * @param rankCorrelation Spearman's correlation, over the models, of their mean value with the one that is predicted from the other models;
 *     0 if either is constant
 */
public record MixtureRegression(Map<String, LogLinearFit> fits, double rankCorrelation) {
  /** A search ends when no mixture of the set can be lower by more than this, to first order. */
  private static final double GAP = 1e-9;

  /** With this correlation and 40 models, two standard errors away from none. */
  private static final double LEAST_CORRELATION = 0.3;

  private static final int MOST_STEPS = 200_000;
  private static final double LEAST_STEP = 1e-12;

  /**
   * Fits measures.
   *
   * @param mixtures shares of the domains of each model
   * @param values by measure, its value for each model, in [0, 1]
   */
  public static MixtureRegression of(double[][] mixtures, Map<String, double[]> values) {
    var fits = new LinkedHashMap<String, LogLinearFit>();
    values.forEach((measure, all) -> fits.put(measure, LogLinearFit.of(mixtures, all)));
    var actual = new double[mixtures.length];
    var predicted = new double[mixtures.length];
    values.forEach((measure, all) -> {
      for (int i = 0; i < actual.length; i++) {
        actual[i] += all[i] / values.size();
        predicted[i] += fits.get(measure).leftOut()[i] / values.size();
      }
    });
    // If nothing is explained, models left out differ only by what they take from the mean of the
    // others.
    boolean constant = fits.values().stream().allMatch(fit -> Double.isInfinite(fit.ridge()));
    return new MixtureRegression(fits, constant ? 0 : correlation(ranks(actual), ranks(predicted)));
  }

  /** Returns the ranks of values, from 0; equal ones share the mean of their ranks. */
  private static double[] ranks(double[] values) {
    var order = IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
    var ranks = new double[values.length];
    int first = 0;
    for (int i = 1; i <= order.length; i++) {
      if (i == order.length || values[order[i]] != values[order[first]]) {
        for (int j = first; j < i; j++) {
          ranks[order[j]] = (first + i - 1) / 2.0;
        }
        first = i;
      }
    }
    return ranks;
  }

  private static double correlation(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElse(0);
    double meanB = Arrays.stream(b).average().orElse(0);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa == 0 || bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
  }

  /** Returns whether it ranks models that were left out well enough to choose a mixture by: with a correlation of {@value #LEAST_CORRELATION}. */
  public boolean ranks() {
    return rankCorrelation >= LEAST_CORRELATION;
  }

  /** Returns the mean of the measures that is predicted for a mixture. */
  public double predicted(double[] mixture) {
    return 1 - error(mixture);
  }

  private double error(double[] mixture) {
    return fits.values().stream()
        .mapToDouble(fit -> fit.error(mixture))
        .average()
        .orElseThrow();
  }

  /**
   * Returns the mixture α of a set that minimises the predicted error plus a penalty for leaving the prior,
   * mean_j exp(b_j + w_j · α) + {@code kl} · KL(α ‖ prior). This is convex, and is minimised by exponentiated gradient steps (Beck and Teboulle
   * 2003) whose size is found by backtracking, until the Frank-Wolfe gap bounds the distance to the minimum by {@value #GAP}.
   *
   * @param prior shares above 0, in the set
   * @param kl λ, at least 0
   */
  public double[] best(double[] prior, double kl, CappedSimplex set) {
    var mixture = prior.clone();
    double value = objective(mixture, prior, kl);
    double step = 1;
    for (int i = 0; i < MOST_STEPS; i++) {
      var gradient = gradient(mixture, prior, kl);
      double gap =
          LogLinearFit.dot(gradient, mixture) - LogLinearFit.dot(gradient, set.cheapest(gradient));
      if (gap <= GAP) {
        break;
      }
      step *= 2;
      var next = step(mixture, gradient, step, set);
      double nextValue = objective(next, prior, kl);
      while (nextValue > value + descent(mixture, next, gradient, step) && step > LEAST_STEP) {
        step /= 2;
        next = step(mixture, gradient, step, set);
        nextValue = objective(next, prior, kl);
      }
      if (nextValue >= value) {
        break; // Nothing lower can be told apart in double precision.
      }
      mixture = next;
      value = nextValue;
    }
    return mixture;
  }

  /** Returns what the model of the objective that a step minimises says of its change: ∇ · (next − α) + KL(next ‖ α) / step. */
  private static double descent(double[] mixture, double[] next, double[] gradient, double step) {
    return LogLinearFit.dot(gradient, next)
        - LogLinearFit.dot(gradient, mixture)
        + divergence(next, mixture) / step;
  }

  private static double[] step(
      double[] mixture, double[] gradient, double step, CappedSimplex set) {
    var logs = new double[mixture.length];
    for (int domain = 0; domain < logs.length; domain++) {
      logs[domain] = Math.log(mixture[domain]) - step * gradient[domain];
    }
    return set.nearest(logs);
  }

  private double objective(double[] mixture, double[] prior, double kl) {
    return error(mixture) + kl * divergence(mixture, prior);
  }

  private double[] gradient(double[] mixture, double[] prior, double kl) {
    var gradient = new double[mixture.length];
    for (var fit : fits.values()) {
      double error = fit.error(mixture) / fits.size();
      for (int domain = 0; domain < gradient.length; domain++) {
        gradient[domain] += error * fit.coefficients()[domain];
      }
    }
    for (int domain = 0; domain < gradient.length; domain++) {
      // A share of 0 is far below every other one that may become larger.
      double share = Math.max(mixture[domain], Double.MIN_NORMAL);
      gradient[domain] += kl * (Math.log(share / prior[domain]) + 1);
    }
    return gradient;
  }

  /** Returns KL(a ‖ b). */
  static double divergence(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] == 0 ? 0 : a[i] * Math.log(a[i] / b[i]);
    }
    return sum;
  }
}
