package org.tdro.mixing.replay;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.keras.Optimizer;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.tdro.DomainWeightOptions;

/**
 * Recorded losses, and the options under which domain weights are learned from them, with the names and meanings of the published
 * code's options. Other keys of the file are ignored, so it may also hold the result of a replay.
 *
 * @param domains in the order of their ids, from 0
 * @param microBatches updates · accumulation steps micro-batches
 */
public record ReplayScenario(
    ReplayOptions options,
    Run run,
    List<Domain> domains,
    Initial initial,
    List<MicroBatch> microBatches) {
  /**
   * The run that was recorded.
   *
   * @param updates number of updates of the weights, and length of the schedule
   * @param minLrRatio step size at the end of a schedule as a share of its peak
   * @param referenceLosses whether there was a reference model
   */
  public record Run(
      int gradientAccumulationSteps, int updates, double minLrRatio, boolean referenceLosses) {
    public Run {
      if (gradientAccumulationSteps < 1) {
        throw new IllegalArgumentException(
            "gradient_accumulation_steps must be at least 1, was " + gradientAccumulationSteps);
      }
      if (updates < 1) {
        throw new IllegalArgumentException("updates must be at least 1, was " + updates);
      }
    }
  }

  /** A domain; {@code id} is its place in the list. */
  public record Domain(String name, int id, long size) {}

  /** The weights before the first update; they need not sum to 1. */
  public record Initial(List<Double> weights) {}

  /** The rows of a micro-batch; {@code refLoss} is null without a reference model. */
  public record MicroBatch(
      List<Integer> domainIds,
      List<Float> lmLoss,
      @JsonSetter(nulls = Nulls.SET) List<Float> refLoss) {}

  public ReplayScenario {
    domains = List.copyOf(domains);
    microBatches = List.copyOf(microBatches);
    var problems = new Problems();
    checkDomains(domains, initial, problems);
    int expected = run.updates() * run.gradientAccumulationSteps();
    if (microBatches.size() != expected) {
      problems.add("micro_batches: there must be " + expected
          + " (updates × gradient_accumulation_steps), there are " + microBatches.size());
    }
    for (int i = 0; i < microBatches.size(); i++) {
      checkRows("micro_batches[" + i + "]", microBatches.get(i), domains.size(), run, problems);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems.list()));
    }
    // Their values are checked here, where the file is known.
    options.weightOptions(run);
  }

  /**
   * Reads a scenario.
   *
   * @throws InputException naming the file and the JSON path of each problem
   */
  public static ReplayScenario read(Path file) {
    return Json.read(file, ReplayScenario.class);
  }

  /** Returns the names and sizes of the domains. */
  public List<DomainSize> sizes() {
    return domains.stream()
        .map(domain -> new DomainSize(domain.name(), domain.size()))
        .toList();
  }

  /** Returns the settings by which the weights are learned. */
  DomainWeightOptions weightOptions() {
    return options.weightOptions(run);
  }

  /** Returns a new optimizer of the log-weights. */
  Optimizer optimizer() {
    return weightOptions().optimizer(run.updates(), run.gradientAccumulationSteps());
  }

  private static void checkDomains(List<Domain> domains, Initial initial, Problems problems) {
    if (domains.isEmpty()) {
      problems.add("domains: there must be at least one");
    }
    for (int i = 0; i < domains.size(); i++) {
      var domain = domains.get(i);
      if (domain.id() != i) {
        problems.add("domains[" + i + "].id: must be " + i + ", was " + domain.id());
      }
      if (domain.size() < 1) {
        problems.add("domains[" + i + "].size: must be at least 1, was " + domain.size());
      }
    }
    if (initial.weights().size() != domains.size()) {
      problems.add("initial.weights: there must be one for each of the " + domains.size()
          + " domains, there are " + initial.weights().size());
    }
    for (int i = 0; i < initial.weights().size(); i++) {
      double weight = initial.weights().get(i);
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        problems.add("initial.weights[" + i + "]: must be above 0 and finite, was " + weight);
      }
    }
  }

  private static void checkRows(
      String path, MicroBatch batch, int domains, Run run, Problems problems) {
    int rows = batch.domainIds().size();
    if (rows == 0) {
      problems.add(path + ".domain_ids: there must be at least one row");
    }
    for (int row = 0; row < rows; row++) {
      int id = batch.domainIds().get(row);
      if (id < 0 || id >= domains) {
        problems.add("%s.domain_ids[%d]: there is no domain %d".formatted(path, row, id));
      }
    }
    checkLosses(path + ".lm_loss", batch.lmLoss(), rows, problems);
    if (batch.refLoss() != null) {
      checkLosses(path + ".ref_loss", batch.refLoss(), rows, problems);
    } else if (run.referenceLosses()) {
      problems.add(path + ".ref_loss: is missing, but run.reference_losses is true");
    }
  }

  private static void checkLosses(String path, List<Float> losses, int rows, Problems problems) {
    if (losses.size() != rows) {
      problems.add("%s: there must be one for each of the %d rows, there are %d"
          .formatted(path, rows, losses.size()));
    }
    for (int row = 0; row < losses.size(); row++) {
      float loss = losses.get(row);
      if (!Float.isFinite(loss)) {
        problems.add("%s[%d]: must be finite, was %s".formatted(path, row, loss));
      }
    }
  }
}
