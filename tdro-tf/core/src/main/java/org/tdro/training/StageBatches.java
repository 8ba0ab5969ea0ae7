package org.tdro.training;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.BatchOptions;
import org.tdro.data.ContrastiveBatches;
import org.tdro.retriever.contrastive.ContrastiveDataset;
import org.tdro.training.config.RunConfig;

/** The batches that a stage trains on. */
final class StageBatches {
  private static final Logger LOG = LoggerFactory.getLogger(StageBatches.class);

  private final ResolvedConfig<RunConfig> resolved;
  private final List<String> domains;
  private final ContrastiveBatches batches;
  private final StageRows rows;

  StageBatches(ResolvedConfig<RunConfig> resolved, PreparedData prepared, StagePlan plan) {
    this.resolved = resolved;
    domains = prepared.domainNames();
    var config = resolved.config();
    var data = config.data();
    batches = new ContrastiveBatches(
        prepared.data(),
        plan.fold(),
        plan.sampler(),
        new BatchOptions(
            data.passagesPerQuery(),
            config.seed(),
            0,
            data.padMultiple(),
            data.queryLength(),
            data.passageLength(),
            config.loss().distillation().isOn()));
    rows = new StageRows(resolved, prepared, plan);
    checkScores(prepared);
    rows.checkNegatives();
  }

  private void checkScores(PreparedData prepared) {
    if (resolved.config().loss().distillation().isOn()
        && prepared.data().domains().stream().noneMatch(domain -> domain.hasScores())) {
      throw new ConfigException(List.of(
          "%s: loss.distillation.weight needs a teacher's scores, but no passage of %s has a score; see docs/data-format.md"
              .formatted(
                  resolved.origin("loss.distillation.weight"),
                  resolved.config().data().train())));
    }
  }

  /** Returns the batches. */
  ContrastiveBatches batches() {
    return batches;
  }

  /** Returns the batches as inputs of the model, made ahead on another thread. */
  ContrastiveDataset dataset() {
    return new ContrastiveDataset(
        batches, hardOnlyDomains(), Math.max(1, resolved.config().data().prefetch()), 1);
  }

  private Set<Integer> hardOnlyDomains() {
    var problems = new ArrayList<String>();
    var ids = new HashSet<Integer>();
    for (var name : resolved.config().loss().hardOnlyDomains()) {
      int id = domains.indexOf(name);
      if (id < 0) {
        problems.add(
            "%s: loss.hard-only-domains names %s, but the data have no such domain; there are %s"
                .formatted(
                    resolved.origin("loss.hard-only-domains"), name, String.join(", ", domains)));
      }
      ids.add(id);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return ids;
  }

  /** Logs how often the rows of each domain will be seen, and which domains are hardly drawn or smaller than a batch. */
  void noteUse() {
    LOG.info("{}", rows.passes());
    var hardly = rows.hardlyDrawn();
    if (!hardly.isEmpty()) {
      LOG.warn(
          "{}: less than one batch of these domains is expected in all steps; give more train.steps, more weight or a smaller batch",
          String.join(", ", hardly));
    }
    var small = rows.smallerThanABatch();
    if (!small.isEmpty()) {
      LOG.info(
          "{}: fewer rows than a batch takes of one domain, so some are in a batch more than once; equal texts are not each other's negatives",
          String.join(", ", small));
    }
  }

  /** Logs how many rows had fewer negatives than the batches need, and how many negatives equal texts cost. */
  void noteNegatives() {
    if (batches.maskedPairs() > 0) {
      LOG.info(
          "equal texts: {} pairs of a query and a passage in a batch, on average, are not compared as negatives",
          String.format(Locale.ROOT, "%.1f", batches.maskedPairs()));
    }
    if (batches.negativesReused() > 0) {
      LOG.info(
          "{} rows had fewer than {} negatives, so some of these were used more than once",
          batches.negativesReused(),
          resolved.config().data().passagesPerQuery() - 1);
    }
  }
}
