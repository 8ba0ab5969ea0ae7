package org.tdro.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.training.config.DroConfig;
import org.tdro.training.config.RunConfig;

/**
 * Callback that says in words, while it happens, that a learned mixture runs away: at most once for a domain whose α passes half of the way
 * from its initial weight to 1, and once for one on which the reference is almost never wrong, so that comparing losses with it says
 * little.
 */
final class MixtureWarnings implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(MixtureWarnings.class);

  /** A reference's mean loss below this share of the chance level counts as near 0. */
  private static final double NEAR_ZERO = 0.01;

  /** Steps from one look at the reference's losses to the next, so that domains are told of together. */
  private static final int REFERENCE_EVERY = 100;

  /** The mean loss of fewer rows of a domain is not judged. */
  private static final int LEAST_ROWS = 64;

  private final List<String> domains;
  private final double[] limits;
  private final boolean crossFit;
  private final boolean bounded;
  private final boolean boundable;
  private final OptionalInt[] candidates;
  private final double[] rows;
  private final double[] referenceLoss;
  private final boolean[] largeWeight;
  private final boolean[] smallReference;

  /**
   * Warnings of a stage that learns a mixture.
   *
   * @param initialWeights in the order of {@code domains}; they need not sum to 1
   */
  MixtureWarnings(
      RunConfig config, DroConfig dro, List<String> domains, List<Double> initialWeights) {
    this.domains = List.copyOf(domains);
    double sum = initialWeights.stream().mapToDouble(weight -> weight).sum();
    limits =
        initialWeights.stream().mapToDouble(weight -> (1 + weight / sum) / 2).toArray();
    crossFit = dro.crossFit();
    bounded = dro.learning().bounds().trustRegion() > 0;
    boundable = dro.method() == DroConfig.Method.TDRO;
    candidates =
        domains.stream().map(domain -> candidates(config, domain)).toArray(OptionalInt[]::new);
    rows = new double[limits.length];
    referenceLoss = new double[limits.length];
    largeWeight = new boolean[limits.length];
    smallReference = new boolean[limits.length];
  }

  /** Returns the number of passages among which a row's positive is to be found; empty if its loss is not that of finding it. */
  private static OptionalInt candidates(RunConfig config, String domain) {
    if (config.loss().distillation().isOn()) {
      return OptionalInt.empty();
    }
    int ofRow = config.data().passagesPerQuery();
    return OptionalInt.of(
        config.loss().negatives() == ContrastiveLoss.Negatives.IN_BATCH
            ? ofRow * config.batchSize(domain)
            : ofRow);
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    Arrays.fill(rows, 0);
    Arrays.fill(referenceLoss, 0);
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    warnings(step, logs).forEach(LOG::warn);
  }

  /** Returns what is new to say after a step. */
  List<String> warnings(long step, Logs logs) {
    logs.find(ContrastiveModel.DOMAIN_REFERENCE_LOSS)
        .ifPresent(losses -> add(logs.get(ContrastiveModel.DOMAIN_ROWS), losses));
    var warnings = new ArrayList<String>();
    if (step % REFERENCE_EVERY == 0) {
      smallReferences().ifPresent(warnings::add);
    }
    var weights = logs.get(MixtureLearner.WEIGHT);
    for (int domain = 0; domain < limits.length; domain++) {
      if (weights[domain] > limits[domain] && !largeWeight[domain]) {
        largeWeight[domain] = true;
        boolean near = isNearZero(domain);
        var reason = near
            ? ": its reference loss is %s, %s of a guess's (%s), so its rows are %s"
                .formatted(
                    figure(meanReference(domain)),
                    percent(meanReference(domain) / chance(domain)),
                    guess(domain),
                    kind())
            : "";
        warnings.add("α of %s is %s after step %d%s; %s"
            .formatted(domains.get(domain), figure(weights[domain]), step, reason, remedies(near)));
      }
    }
    return warnings;
  }

  /** Returns one warning of all domains whose reference loss is near 0 and was not before. */
  private Optional<String> smallReferences() {
    var small = new ArrayList<String>();
    var guesses = new LinkedHashSet<String>();
    for (int domain = 0; domain < limits.length; domain++) {
      if (isNearZero(domain) && !smallReference[domain]) {
        smallReference[domain] = true;
        small.add(domains.get(domain) + " (" + figure(meanReference(domain)) + ")");
        guesses.add(guess(domain));
      }
    }
    return small.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the reference's loss is below %s of a guess's (%s) on %s: their rows are %s, and measuring by it says little there; %s"
                .formatted(
                    percent(NEAR_ZERO),
                    String.join(", ", guesses),
                    String.join(", ", small),
                    kind(),
                    remedies(true)));
  }

  private void add(float[] counts, float[] losses) {
    for (int domain = 0; domain < limits.length; domain++) {
      if (counts[domain] > 0) {
        rows[domain] += counts[domain];
        referenceLoss[domain] += (double) counts[domain] * losses[domain];
      }
    }
  }

  private boolean isNearZero(int domain) {
    return candidates[domain].isPresent()
        && rows[domain] >= LEAST_ROWS
        && meanReference(domain) < NEAR_ZERO * chance(domain);
  }

  private double meanReference(int domain) {
    return referenceLoss[domain] / rows[domain];
  }

  private double chance(int domain) {
    return Math.log(candidates[domain].orElseThrow());
  }

  private String guess(int domain) {
    return String.format(
        Locale.ROOT, "ln %d = %.2f", candidates[domain].orElseThrow(), chance(domain));
  }

  private String kind() {
    return crossFit ? "too easy, though the reference has not seen them" : "memorised or too easy";
  }

  private String remedies(boolean memorised) {
    var remedies = new ArrayList<String>();
    if (memorised && !crossFit) {
      remedies.add("cross-fit (dro.cross-fit=true)");
    }
    if (boundable) {
      remedies.add(
          bounded ? "lower dro.trust-region" : "bound α (dro.trust-region=0.11, or dro=robust)");
    }
    if (!boundable) {
      remedies.add("lower dro.step-size");
    }
    remedies.add("train stage dro with fewer steps");
    return remedies.size() == 1
        ? remedies.get(0)
        : String.join(", ", remedies.subList(0, remedies.size() - 1)) + " or "
            + remedies.get(remedies.size() - 1);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.2g", value);
  }
}
