package org.tdro.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How likely a row is drawn from each domain. The probabilities sum to 1; a domain of probability 0 is never drawn.
 *
 * @param probabilities by the name of the domain
 */
public record Mixture(Map<String, Double> probabilities) {
  private static final Logger log = LoggerFactory.getLogger(Mixture.class);
  /** Weights in files are rounded; sums nearer to 1 than this are not worth a note. */
  private static final double ROUNDING = 1e-4;

  /**
   * Weights that are brought to the sum of 1, with a note in the log where they had another.
   *
   * @throws DataException if a weight is negative or no number, or if all are 0; it lists all problems
   */
  public Mixture {
    var problems = new ArrayList<String>();
    var sum = 0.0;
    for (var entry : probabilities.entrySet()) {
      var weight = entry.getValue();
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY))
        problems.add(
            "weight of domain %s is %s, it must be 0 or more".formatted(entry.getKey(), weight));
      sum += weight;
    }
    if (problems.isEmpty() && !(sum > 0)) problems.add("no domain has a positive weight");
    if (!problems.isEmpty()) throw new DataException(problems);
    if (Math.abs(sum - 1) > ROUNDING)
      log.warn("the domain weights sum to {}; they are divided by it", sum);
    var normalized = new LinkedHashMap<String, Double>();
    for (var entry : probabilities.entrySet())
      normalized.put(entry.getKey(), entry.getValue() / sum);
    probabilities = Collections.unmodifiableMap(normalized);
  }

  /** All domains alike. */
  public static Mixture uniform(List<String> domains) {
    if (domains.isEmpty()) throw new DataException("there are no domains to mix");
    var probabilities = new LinkedHashMap<String, Double>();
    for (var domain : domains) probabilities.put(domain, 1.0 / domains.size());
    return new Mixture(probabilities);
  }

  /** Each row of the data alike: domains by their number of rows in a fold. */
  public static Mixture proportional(TrainingData data, Fold fold) {
    var total =
        (double) data.domains().stream().mapToLong(domain -> domain.size(fold)).sum();
    if (total == 0) throw new DataException("the data have no rows in fold " + fold);
    var probabilities = new LinkedHashMap<String, Double>();
    for (var domain : data.domains()) probabilities.put(domain.name(), domain.size(fold) / total);
    return new Mixture(probabilities);
  }

  /**
   * The probabilities in the order of the data's domains; 0 for those that are not in the mixture.
   *
   * @throws DataException if the mixture names domains that the data do not have
   */
  public double[] over(TrainingData data) {
    var names = data.domains().stream().map(Domain::name).toList();
    var unknown = probabilities.keySet().stream()
        .filter(name -> !names.contains(name))
        .sorted()
        .toList();
    if (!unknown.isEmpty()) {
      throw new DataException(unknown.stream()
          .map(name -> "domain %s of the weights is unknown; the data have %s"
              .formatted(name, String.join(", ", names)))
          .toList());
    }
    return names.stream()
        .mapToDouble(name -> probabilities.getOrDefault(name, 0.0))
        .toArray();
  }
}
