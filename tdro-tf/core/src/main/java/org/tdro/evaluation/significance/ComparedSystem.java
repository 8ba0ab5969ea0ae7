package org.tdro.evaluation.significance;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.ModelEvaluation;

/**
 * One of the systems that are compared: a retriever, or several that differ in their seed alone.
 *
 * @param name heads its column
 * @param runs at least one
 * @param domains names of the domains that it was trained on; empty if they are not known
 */
public record ComparedSystem(String name, List<Run> runs, Collection<String> domains) {
  /**
   * One retriever.
   *
   * @param name where its results are from
   * @param seed the seed of its training, if it is known
   */
  public record Run(String name, Optional<Long> seed, ModelEvaluation values) {}

  public ComparedSystem {
    runs = List.copyOf(runs);
    domains = List.copyOf(domains);
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("system " + name + " has no runs");
    }
  }

  /** Returns the seeds of the runs, empty unless all are known and different. */
  List<Long> seeds() {
    var seeds = runs.stream().flatMap(run -> run.seed().stream()).distinct().toList();
    return seeds.size() == runs.size() ? seeds : List.of();
  }

  /** Returns the value of each query on a set: its mean over the runs. */
  Map<String, Double> queries(String set, String measure) {
    var means = new LinkedHashMap<String, Double>();
    for (var query : runs.get(0).values().queries(set, measure).keySet()) {
      means.put(
          query,
          runs.stream()
              .mapToDouble(run -> run.values().queries(set, measure).get(query))
              .average()
              .orElseThrow());
    }
    return means;
  }

  /** Returns the mean over the sets, for each run; the mean of the parts of a set counts as one. */
  List<Double> means(List<String> sets, String measure) {
    return runs.stream()
        .map(run -> sets.stream()
            .collect(Collectors.groupingBy(
                EvaluationSet::whole,
                LinkedHashMap::new,
                Collectors.averagingDouble(set -> run.values().value(set, measure))))
            .values()
            .stream()
            .collect(Collectors.averagingDouble(mean -> mean)))
        .toList();
  }
}
