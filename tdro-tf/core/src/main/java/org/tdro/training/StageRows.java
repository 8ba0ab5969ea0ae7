package org.tdro.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.mixture.MixtureSampler.Batching;
import org.tdro.data.shards.Domain;
import org.tdro.data.shards.TokenizedRow;
import org.tdro.io.InputException;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tdro.training.config.RunConfig;

/** The rows that a stage draws: whether they give its loss negatives, and how often each is seen. */
final class StageRows {
  /** Domains that are named one by one. */
  private static final int NAMED = 5;

  private final ResolvedConfig<RunConfig> resolved;
  private final StagePlan plan;
  private final List<Domain> drawn;
  private final double[] shares;

  /** A domain, and the times that each of its rows is seen. */
  private record Passes(Domain domain, double count) {
    @Override
    public String toString() {
      var places = count >= 10 ? "%.0f" : count >= 0.1 ? "%.1f" : "%.2g";
      return String.format(Locale.ROOT, places + " over %s", count, domain.name());
    }
  }

  /** Takes the domains that have a weight at the beginning of a stage. */
  StageRows(ResolvedConfig<RunConfig> resolved, PreparedData prepared, StagePlan plan) {
    this.resolved = resolved;
    this.plan = plan;
    var weights = plan.sampler().schedule().stages().get(0).weights();
    var ids =
        IntStream.range(0, weights.size()).filter(id -> weights.get(id) > 0).toArray();
    drawn = Arrays.stream(ids).mapToObj(prepared.data().domains()::get).toList();
    double sum = Arrays.stream(ids).mapToDouble(weights::get).sum();
    shares = Arrays.stream(ids).mapToDouble(id -> weights.get(id) / sum).toArray();
  }

  /**
   * Checks that there are rows with a negative, without which the loss is 0 from the first step.
   *
   * @throws ConfigException if the settings leave rows no negative
   * @throws InputException if the rows of a domain leave each other none
   */
  void checkNegatives() {
    var config = resolved.config();
    boolean ownOnly = config.loss().negatives() == Negatives.HARD_ONLY;
    boolean ownNone = config.data().passagesPerQuery() == 1;
    if (ownNone && ownOnly) {
      throw new ConfigException(
          List.of(
              origin("loss.negatives")
                  + ": loss.negatives=hard-only compares a row with its own negatives only, but data.passages-per-query=1 takes none; give data.passages-per-query=2 or more, or loss.negatives=in-batch"));
    }
    if (ownNone && !config.loss().hardOnlyDomains().isEmpty()) {
      throw new ConfigException(
          List.of(
              origin("loss.hard-only-domains")
                  + ": the rows of loss.hard-only-domains are compared with their own negatives only, but data.passages-per-query=1 takes none; give data.passages-per-query=2 or more"));
    }
    var single = drawn.stream()
        .map(Domain::name)
        .filter(domain -> config.batchSize(domain) == 1)
        .findFirst();
    if (ownNone && single.isPresent()) {
      var key = config.data().batchSizes().containsKey(single.get())
          ? "data.batch-sizes." + single.get()
          : "train.batch-size";
      throw new ConfigException(
          List.of(
              origin(key) + ": " + key
                  + "=1 with data.passages-per-query=1 leaves a row without any negative, so nothing would be learned; give either of them 2 or more"));
    }
    var without = drawn.stream().filter(domain -> !hasNegative(domain)).toList();
    boolean mixed = !ownOnly && config.data().batching() == Batching.MIXED && drawn.size() > 1;
    if (!without.isEmpty() && (!mixed || without.size() == drawn.size())) {
      throw new InputException(without.stream()
          .map(domain ->
              "domain %s: its rows have no passage that could be a negative of another: all of those in a batch are equal to positives of its queries; give it more rows or negatives, or leave it out with data.domains"
                  .formatted(domain.name()))
          .toList());
    }
  }

  /** Returns whether any row of a domain has a negative among its own passages, or those of the domain's other rows. */
  private boolean hasNegative(Domain domain) {
    var config = resolved.config();
    boolean own = config.data().passagesPerQuery() > 1;
    boolean others = config.loss().negatives() == Negatives.IN_BATCH
        && config.batchSize(domain.name()) > 1
        && !config.loss().hardOnlyDomains().contains(domain.name());
    var first = domain.row(plan.fold(), 0);
    for (long i = 0; i < domain.size(plan.fold()); i++) {
      var row = domain.row(plan.fold(), i);
      if ((own && hasOther(row.negatives(), row)) || (others && differ(first, row))) {
        return true;
      }
    }
    return false;
  }

  private static boolean differ(TokenizedRow a, TokenizedRow b) {
    return !Arrays.equals(a.query(), b.query())
        && (hasOther(a.positives(), b) || hasOther(b.positives(), a));
  }

  /** Returns whether one of the passages is no positive of the row. */
  private static boolean hasOther(int[][] passages, TokenizedRow row) {
    return Arrays.stream(passages)
        .anyMatch(passage ->
            Arrays.stream(row.positives()).noneMatch(positive -> Arrays.equals(passage, positive)));
  }

  private String origin(String key) {
    return resolved.origin(key);
  }

  /** Returns a line that says how often the rows of each domain are seen. */
  String passes() {
    var train = resolved.config().train();
    double rows = rowsOfStep();
    var passes = new ArrayList<Passes>();
    for (int i = 0; i < shares.length; i++) {
      var domain = drawn.get(i);
      passes.add(new Passes(domain, shares[i] * train.steps() * rows / domain.size(plan.fold())));
    }
    passes.sort(Comparator.comparingDouble(Passes::count).reversed());
    var words = new ArrayList<String>();
    int named = passes.size() <= NAMED ? passes.size() : NAMED - 1;
    passes.subList(0, named).forEach(each -> words.add(each.toString()));
    if (named < passes.size()) {
      words.add("fewer over %d others, the least %s"
          .formatted(passes.size() - named, passes.get(passes.size() - 1)));
    }
    return "%d steps of %s are passes over the data: %s%s"
        .formatted(
            train.steps(),
            inWords(rows),
            String.join(", ", words),
            plan.sampler().schedule().isOpen() ? " (by the first weights)" : "");
  }

  /** Returns the domains whose rows are expected in less than one of all micro-batches: they may not be trained on at all. */
  List<String> hardlyDrawn() {
    var config = resolved.config();
    if (config.data().batching() == Batching.MIXED) {
      return List.of();
    }
    double rows = config.train().steps() * rowsOfStep();
    return IntStream.range(0, shares.length)
        .filter(i -> shares[i] * rows < config.batchSize(drawn.get(i).name()))
        .mapToObj(i -> drawn.get(i).name())
        .toList();
  }

  /** Returns the mean number of rows of a step. */
  private double rowsOfStep() {
    var train = resolved.config().train();
    return train.accumulationSteps()
        * resolved
            .config()
            .data()
            .meanBatchSize(drawn.stream().map(Domain::name).toList(), shares, train.batchSize());
  }

  private static String inWords(double rows) {
    return rows == Math.rint(rows)
        ? String.format(Locale.ROOT, rows == 1 ? "%.0f row" : "%.0f rows", rows)
        : String.format(Locale.ROOT, "%.1f rows on average", rows);
  }

  /** Returns the domains with fewer rows than a batch takes of one domain. */
  List<String> smallerThanABatch() {
    var config = resolved.config();
    boolean mixed = config.data().batching() == Batching.MIXED;
    return IntStream.range(0, drawn.size())
        .filter(i -> drawn.get(i).size(plan.fold())
            < config.batchSize(drawn.get(i).name()) * (mixed ? shares[i] : 1))
        .mapToObj(i -> "%s (%d)".formatted(drawn.get(i).name(), drawn.get(i).size(plan.fold())))
        .toList();
  }
}
