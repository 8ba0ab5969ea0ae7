package org.tdro.training.config;

import org.tdro.config.Default;
import org.tdro.io.Checks;

/**
 * Settings of the searches for a mixture, which train short runs and look at development queries.
 *
 * @param steps updates of each of the short runs
 * @param runs short runs of a regression; 0 for four times the domains
 * @param concentration of the mixtures of a regression: with 1 and uniform priors all are equally likely, with more they are nearer to it
 * @param kl λ of a regression: the predicted error that a mixture must gain for each nat by which it leaves the prior
 * @param repetitions passes that the mixture of a regression makes over the rows of a domain at most or, where the prior makes more than one
 *     already, factor by which it makes more at most
 * @param merges merges that are evaluated
 */
public record MixtureConfig(
    @Default("100") int steps,
    @Default("0") int runs,
    @Default("1.0") double concentration,
    @Default("0.03") double kl,
    @Default("4.0") double repetitions,
    @Default("100") int merges) {
  private static final int RUNS_PER_DOMAIN = 4;

  public MixtureConfig {
    new Checks()
        .atLeast(1, "steps", steps)
        .that(runs == 0 || runs >= 3, "runs must be 0 or at least 3, was " + runs)
        .positive("concentration", concentration)
        .notNegative("kl", kl)
        .that(repetitions >= 1, "repetitions must be at least 1, was " + repetitions)
        .atLeast(1, "merges", merges)
        .done();
  }

  /** Returns the number of short runs of a regression over some domains. */
  public int runs(int domains) {
    return runs > 0 ? runs : RUNS_PER_DOMAIN * domains;
  }
}
