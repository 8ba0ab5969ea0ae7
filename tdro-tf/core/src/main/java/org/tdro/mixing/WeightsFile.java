package org.tdro.mixing;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Suggestion;

/**
 * A file with a mixture of domains, in the format of the published ones: JSON with {@code domain_ids} (name to id),
 * {@code domain_weights} (name to share), {@code size} (name to rows) and {@code epoch} (name to passes over the domain while
 * as many rows are drawn as all domains have: weight · total size / size). A file written by hand may hold {@code domain_weights} alone.
 *
 * @param domains in the order of their ids
 */
public record WeightsFile(List<DomainWeight> domains) {
  private static final Logger LOG = LoggerFactory.getLogger(WeightsFile.class);
  private static final double SUM_TOLERANCE = 1e-4;

  /** The number of rows of a domain. */
  public record DomainSize(String name, long rows) {
    public DomainSize {
      if (rows < 1) {
        throw new IllegalArgumentException(
            "domain " + name + " must have at least one row, has " + rows);
      }
    }
  }

  /** The share of a domain in a mixture. */
  public record DomainWeight(DomainSize domain, double weight) {
    public DomainWeight {
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the weight of domain " + domain.name()
            + " must be at least 0 and finite, was " + weight);
      }
    }

    /** Returns the name of the domain. */
    public String name() {
      return domain.name();
    }
  }

  public WeightsFile {
    domains = List.copyOf(domains);
  }

  /** Returns the mixture with one weight for each domain. */
  public static WeightsFile of(List<DomainSize> domains, List<Float> weights) {
    var mixture = new ArrayList<DomainWeight>();
    for (int id = 0; id < domains.size(); id++) {
      mixture.add(new DomainWeight(domains.get(id), weights.get(id)));
    }
    return new WeightsFile(mixture);
  }

  /**
   * Reads a file of this or of the published code. Weights that do not sum to 1 are divided by their sum, which is logged.
   *
   * @throws InputException naming the file and all of its problems
   */
  public static WeightsFile read(Path file) {
    var content = Json.read(file, Content.class);
    if (!content.others().isEmpty()) {
      LOG.warn(
          "{}: {} not read; domain_weights, domain_ids and size are",
          file,
          content.others().keySet());
    }
    var problems = content.problems();
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.stream().map(problem -> file + ": " + problem).toList());
    }
    double sum = content.sum();
    boolean normalize = Math.abs(sum - 1) > SUM_TOLERANCE;
    if (normalize) {
      LOG.warn("{}: the weights sum to {}; they are divided by that", file, sum);
    }
    return new WeightsFile(content.domainIds().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .map(name -> new DomainWeight(
            new DomainSize(name, content.size().get(name)),
            content.domainWeights().get(name) / (normalize ? sum : 1)))
        .toList());
  }

  /** Writes the file. */
  public void write(Path file) {
    Json.write(file, content());
  }

  /**
   * Returns the weights of {@code names}, in their order.
   *
   * @throws InputException listing every name that only one side has
   */
  public List<Double> weightsOf(List<String> names) {
    var problems = unknown(names);
    missingFrom(names)
        .forEach(name -> problems.add("domain " + name + " of the data has no weight"));
    return weights(names, byName(), problems);
  }

  /**
   * Returns the weights of {@code names}, in their order, with 0 for those that this selection leaves out.
   *
   * @throws InputException listing every name that the data do not have
   */
  public List<Double> selectionFrom(List<String> names) {
    return weights(names, byName(), unknown(names));
  }

  /**
   * Returns the floor(n · {@code percent} / 100) domains of largest weight out of n, but at least one, mixed uniformly and numbered in
   * descending order of weight. Equal weights keep their order.
   */
  public WeightsFile top(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("percent must be from 1 to 100, was " + percent);
    }
    return uniform(descending().subList(0, Math.max(1, domains.size() * percent / 100)));
  }

  /**
   * Returns the domains above the largest relative gap of the weights, mixed uniformly and numbered in descending order of weight: with
   * weights w_1 ≥ … ≥ w_n, the first m for the m < n with the largest w_m / w_(m+1). Of equal gaps the one that keeps more domains counts;
   * where all weights are equal, all domains are kept.
   */
  public WeightsFile aboveLargestGap() {
    var sorted = descending();
    int kept = sorted.size();
    double largest = 1;
    for (int m = sorted.size() - 1; m >= 1; m--) {
      double above = sorted.get(m - 1).weight();
      double gap = above == 0 ? 1 : above / sorted.get(m).weight();
      if (gap > largest) {
        kept = m;
        largest = gap;
      }
    }
    return uniform(sorted.subList(0, kept));
  }

  private List<DomainWeight> descending() {
    return domains.stream()
        .sorted(Comparator.comparingDouble(DomainWeight::weight).reversed())
        .toList();
  }

  private static WeightsFile uniform(List<DomainWeight> selected) {
    return new WeightsFile(selected.stream()
        .map(domain -> new DomainWeight(domain.domain(), 1.0 / selected.size()))
        .toList());
  }

  /** Returns those of {@code names} that have no weight. */
  public List<String> missingFrom(List<String> names) {
    var present = byName().keySet();
    return names.stream().filter(name -> !present.contains(name)).toList();
  }

  private List<String> unknown(List<String> names) {
    var problems = new ArrayList<String>();
    for (var domain : domains) {
      if (!names.contains(domain.name())) {
        problems.add("domain " + domain.name() + " has a weight, but the data have no such domain"
            + Suggestion.of(domain.name(), names, ""));
      }
    }
    return problems;
  }

  private static List<Double> weights(
      List<String> names, Map<String, Double> byName, List<String> problems) {
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return names.stream().map(name -> byName.getOrDefault(name, 0.0)).toList();
  }

  private Map<String, Double> byName() {
    var byName = new LinkedHashMap<String, Double>();
    domains.forEach(domain -> byName.put(domain.name(), domain.weight()));
    return byName;
  }

  /** Returns the content of this file. */
  public Content content() {
    var content = new Content(
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        Map.of());
    double total =
        domains.stream().mapToDouble(domain -> domain.domain().rows()).sum();
    for (var domain : domains) {
      var name = domain.name();
      content.domainIds().put(name, content.domainIds().size());
      content.domainWeights().put(name, domain.weight());
      content.size().put(name, domain.domain().rows());
      content.epoch().put(name, domain.weight() * total / domain.domain().rows());
    }
    return content;
  }

  /**
   * The content of the file: maps by name. Without {@code domain_ids}, domains are numbered in the order of their weights in the file.
   * Without {@code size}, every domain counts one row, which changes no weight. {@code epoch} follows from the others and is not read.
   *
   * @param others keys of other meaning, which have no effect
   */
  public record Content(
      @JsonSetter(nulls = Nulls.SET) Map<String, Integer> domainIds,
      Map<String, Double> domainWeights,
      @JsonSetter(nulls = Nulls.SET) Map<String, Long> size,
      @JsonSetter(nulls = Nulls.SET) Map<String, Double> epoch,

      @JsonIgnore @JsonAnySetter @JsonSetter(nulls = Nulls.SET)
      Map<String, Object> others) {

    public Content {
      if (domainIds == null) {
        domainIds = new LinkedHashMap<>();
        for (var name : domainWeights.keySet()) {
          domainIds.put(name, domainIds.size());
        }
      }
      if (size == null) {
        size = new LinkedHashMap<>();
        for (var name : domainWeights.keySet()) {
          size.put(name, 1L);
        }
      }
      others = others == null ? Map.of() : others;
    }

    double sum() {
      return domainWeights.values().stream().mapToDouble(weight -> weight).sum();
    }

    List<String> problems() {
      var problems = new ArrayList<String>();
      var names = new LinkedHashMap<String, Object>(domainIds);
      names.putAll(domainWeights);
      names.putAll(size);
      for (var name : names.keySet()) {
        problems.addAll(problemsOf(name));
      }
      if (new HashSet<>(domainIds.values()).size() < domainIds.size()) {
        problems.add("domain_ids has the same id twice: " + domainIds);
      }
      if (problems.isEmpty() && sum() == 0) {
        problems.add("no domain has a weight above 0");
      }
      if (problems.isEmpty() && Double.isInfinite(sum())) {
        problems.add("the sum of the weights is too large for a number");
      }
      return problems;
    }

    private List<String> problemsOf(String name) {
      var problems = new ArrayList<String>();
      if (domainIds.get(name) == null) {
        problems.add("domain " + name + " has no id");
      }
      var rows = size.get(name);
      if (rows == null || rows < 1) {
        problems.add("domain " + name + " must have a size of at least 1, has " + rows);
      }
      var weight = domainWeights.get(name);
      if (weight == null || !(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        problems.add("domain " + name + " must have a weight of at least 0, has " + weight);
      }
      return problems;
    }
  }
}
