package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.data.shards.Domain;
import org.tdro.io.InputException;
import org.tdro.mixing.SizeShares;
import org.tdro.mixing.WeightsFile;
import org.tdro.rows.Fold;
import org.tdro.training.config.DataConfig;

/** The probabilities with which domains are drawn. */
final class DomainProbabilities {
  private static final Logger LOG = LoggerFactory.getLogger(DomainProbabilities.class);

  private DomainProbabilities() {}

  /**
   * Returns a value for each domain, at least one of them above 0; they need not sum to 1.
   *
   * @param fold the part of each domain's rows that is drawn from
   * @throws InputException listing the domains of a weights file that the data do not have, or the domains above 0 that have no rows, or
   *     rows without the negatives that the batches need; or saying that no domain has rows in the fold
   */
  static double[] of(DataConfig config, PreparedData prepared, Fold fold) {
    var sizes = prepared.data().sizes(fold);
    var probabilities = SizeShares.parse(config.weights())
        .map(shares -> shares.of(sizes))
        .orElseGet(() -> drawnBy(Path.of(config.weights()), prepared.domainNames()));
    var problems = new ArrayList<String>();
    if (Arrays.stream(probabilities).allMatch(probability -> probability == 0)) {
      problems.add("no domain has rows in data.fold=" + word(fold));
    }
    for (int id = 0; id < probabilities.length; id++) {
      if (probabilities[id] > 0) {
        problems.addAll(problems(prepared.data().domains().get(id), fold, config));
      }
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return probabilities;
  }

  private static double[] drawnBy(Path file, List<String> names) {
    return fromFile(file, weights -> selection(weights, names, file)).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  private static List<Double> selection(WeightsFile weights, List<String> names, Path file) {
    var selected = weights.selectionFrom(names);
    var missing = weights.missingFrom(names);
    if (!missing.isEmpty()) {
      LOG.info(
          "{} has no weight for {}, of which no rows are drawn", file, String.join(", ", missing));
    }
    return selected;
  }

  /** Returns what {@code choice} takes from a weights file; its problems are reported with the file's name. */
  static List<Double> fromFile(Path file, Function<WeightsFile, List<Double>> choice) {
    var weights = WeightsFile.read(file);
    try {
      return choice.apply(weights);
    } catch (InputException e) {
      throw new InputException(
          e.problems().stream().map(problem -> file + ": " + problem).toList());
    }
  }

  private static List<String> problems(Domain domain, Fold fold, DataConfig config) {
    if (domain.size(fold) == 0) {
      return List.of("domain %s has a weight, but no rows in data.fold=%s"
          .formatted(domain.name(), word(fold)));
    }
    long without = domain.counts().rowsWithoutNegatives();
    if (config.passagesPerQuery() > 1 && without > 0) {
      return List.of(
          "domain %s: %d of %d rows have no negative passage, the first is query %s, but data.passages-per-query=%d needs one; drop these rows or give data.passages-per-query=1"
              .formatted(
                  domain.name(),
                  without,
                  domain.counts().rows(),
                  firstWithoutNegatives(domain),
                  config.passagesPerQuery()));
    }
    return List.of();
  }

  private static String word(Fold fold) {
    return fold.name().toLowerCase(Locale.ROOT);
  }

  private static String firstWithoutNegatives(Domain domain) {
    long row = 0;
    while (domain.row(Fold.ALL, row).negatives().length > 0) {
      row++;
    }
    return domain.queryId(Fold.ALL, row);
  }
}
