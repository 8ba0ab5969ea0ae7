package org.tdro.mixing.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The choice of domains by leaving out each: one is dropped if a model without it is better by more than {@value #ERRORS} standard error.
 *
 * <p>The gain of leaving out a domain is the mean over the evaluation sets of the mean difference of their queries, each query paired with
 * itself; its variance is Σ_j s_j² / n_j over the square of the number of sets, with the variance s_j² of the n_j differences of set j. This is
 * the spread that two equal domains show over other queries. One standard error keeps five of six domains that make no difference, and it is
 * not a test at a usual level: that would find only the worst of many domains, since each has a small part in the whole.
 *
 * @param effects those of the domains, in their order
 */
public record LeaveOneOut(List<Effect> effects) {
  private static final int ERRORS = 1;

  /**
   * The effect of leaving out a domain.
   *
   * @param gain difference of the mean value, above 0 if the model is better without it
   * @param standardError of the gain, over queries
   */
  public record Effect(String domain, double gain, double standardError, boolean dropped) {}

  public LeaveOneOut {
    effects = List.copyOf(effects);
  }

  /**
   * Chooses.
   *
   * @param domains their names
   * @param all the values of queries by set, of a model that was trained on all domains
   * @param without the same of the models without each domain
   */
  public static LeaveOneOut of(List<String> domains, double[][] all, List<double[][]> without) {
    var effects = new ArrayList<Effect>();
    for (int i = 0; i < domains.size(); i++) {
      double gain = 0;
      double variance = 0;
      for (int set = 0; set < all.length; set++) {
        double mean = meanDifference(without.get(i)[set], all[set]);
        gain += mean / all.length;
        variance += meanVariance(without.get(i)[set], all[set], mean);
      }
      double error = Math.sqrt(variance) / all.length;
      effects.add(new Effect(domains.get(i), gain, error, gain > ERRORS * error));
    }
    if (effects.stream().allMatch(Effect::dropped)) {
      var kept = effects.stream()
          .min(Comparator.comparingDouble(effect -> effect.gain() / effect.standardError()))
          .orElseThrow();
      effects.replaceAll(effect -> effect.equals(kept)
          ? new Effect(kept.domain(), kept.gain(), kept.standardError(), false)
          : effect);
    }
    return new LeaveOneOut(effects);
  }

  private static double meanDifference(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] - b[i];
    }
    return sum / a.length;
  }

  /** Returns the variance of the mean difference; that of one query is not known, and counts 0. */
  private static double meanVariance(double[] a, double[] b, double mean) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double deviation = a[i] - b[i] - mean;
      sum += deviation * deviation;
    }
    return a.length < 2 ? 0 : sum / (a.length - 1.0) / a.length;
  }

  /** Returns the domains that are kept; at least one. */
  public List<String> kept() {
    return effects.stream()
        .filter(effect -> !effect.dropped())
        .map(Effect::domain)
        .toList();
  }
}
