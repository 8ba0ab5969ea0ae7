package org.tdro.mixing.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.tdro.io.Checks;
import org.tdro.io.CounterRandom;

/**
 * A search for the mixture with the highest value of a function of which nothing else is known, within a number of evaluations.
 *
 * <p>It begins with the prior and each domain alone. Then it goes through the domains in rounds, in random order, and changes the share of
 * each in the best mixture so far: in one direction at a time, the other one in the next round if the value did not rise. The first round takes
 * domains out or doubles their shares, and each further one makes half the change of the one before. What is evaluated follows from the prior,
 * the seed and the values.
 *
 * @param prior shares above 0 that sum to 1
 * @param evaluations most evaluations, at least 1
 */
@SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
public record SimplexSearch(double[] prior, int evaluations, long seed) {
  /** The stream of random numbers that rounds are ordered by. */
  private static final long STREAM = 0x726f756e64L;

  /** The last one changes shares by a thirty-second of themselves: less is within the noise of any evaluation. */
  private static final int MOST_ROUNDS = 6;

  public SimplexSearch {
    new Checks().atLeast(1, "evaluations", evaluations).done();
  }

  /** A mixture and its value. */
  public record Evaluation(double[] mixture, double value) {}

  /** Returns the evaluation with the highest value, the first of equals. */
  public Evaluation best(ToDoubleFunction<double[]> function) {
    return new Running(function).best();
  }

  private static double[] alone(int domain, int domains) {
    var mixture = new double[domains];
    mixture[domain] = 1;
    return mixture;
  }

  /** One search. */
  private final class Running {
    private final ToDoubleFunction<double[]> function;
    private final boolean[] raising = new boolean[prior.length];
    private Evaluation best;
    private int left = evaluations;

    Running(ToDoubleFunction<double[]> function) {
      this.function = function;
    }

    Evaluation best() {
      improves(prior.clone());
      for (int domain = 0; domain < prior.length; domain++) {
        improves(alone(domain, prior.length));
      }
      double change = 1;
      for (int round = 0; round < MOST_ROUNDS && left > 0; round++) {
        for (int domain : order(round)) {
          // What has no share cannot be lowered.
          raising[domain] |= best.mixture()[domain] == 0;
          var changed = raising[domain] ? raised(domain, change) : lowered(domain, change);
          if (!improves(changed)) {
            raising[domain] = !raising[domain];
          }
        }
        change /= 2;
      }
      return best;
    }

    /** Evaluates a mixture, if it is one and may be, and returns whether it is the best now. */
    private boolean improves(double[] mixture) {
      if (left == 0 || Double.isNaN(mixture[0])) {
        return false;
      }
      left--;
      double value = function.applyAsDouble(mixture.clone());
      boolean better = best == null || value > best.value();
      if (better) {
        best = new Evaluation(mixture, value);
      }
      return better;
    }

    private List<Integer> order(int round) {
      return new ArrayList<>(IntStream.range(0, prior.length)
          .boxed()
          .sorted(
              Comparator.comparingLong(domain -> CounterRandom.bits(seed, STREAM, round, domain)))
          .toList());
    }

    /** Takes a part of a domain's share; not a mixture if it has all. */
    private double[] lowered(int domain, double part) {
      return with(domain, best.mixture()[domain] * (1 - part));
    }

    /** Adds a part of a domain's share, or of its share of the prior if that is larger. */
    private double[] raised(int domain, double part) {
      double share = best.mixture()[domain];
      return with(domain, share + part * Math.max(share, prior[domain]));
    }

    /** Returns the best mixture with another share of a domain, all divided by their sum. */
    private double[] with(int domain, double share) {
      var mixture = best.mixture().clone();
      double sum = 1 - mixture[domain] + share;
      mixture[domain] = share;
      for (int i = 0; i < mixture.length; i++) {
        mixture[i] /= sum;
      }
      return mixture;
    }
  }
}
