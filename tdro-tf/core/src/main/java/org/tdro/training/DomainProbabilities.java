package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.tdro.data.shards.Domain;
import org.tdro.io.InputException;
import org.tdro.mixing.WeightsFile;
import org.tdro.rows.Fold;
import org.tdro.training.config.DataConfig;

/** How often each domain is drawn. */
final class DomainProbabilities {
  private DomainProbabilities() {}

  /**
   * Returns one for each domain, not all 0.
   *
   * @param fold the rows that are drawn from
   * @throws InputException listing the domains of a weights file that the data do not have, and those that are to be drawn
   *     but have no rows, or rows without the negatives that the batches need
   */
  static double[] of(DataConfig config, PreparedData prepared, Fold fold) {
    var sizes = prepared.data().sizes(fold);
    var probabilities = switch (config.weights()) {
      case DataConfig.UNIFORM ->
        Arrays.stream(sizes).mapToDouble(size -> size > 0 ? 1 : 0).toArray();
      case DataConfig.PROPORTIONAL -> Arrays.stream(sizes).asDoubleStream().toArray();
      default -> {
        var file = Path.of(config.weights());
        yield fromFile(file, weights -> weights.selectionFrom(prepared.domainNames())).stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
      }
    };
    var problems = new ArrayList<String>();
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

  /** What {@code choice} takes from a weights file; what is wrong is said with the file's name. */
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
          .formatted(domain.name(), fold.name().toLowerCase(java.util.Locale.ROOT)));
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

  private static String firstWithoutNegatives(Domain domain) {
    long row = 0;
    while (domain.row(Fold.ALL, row).negatives().length > 0) {
      row++;
    }
    return domain.queryId(Fold.ALL, row);
  }
}
