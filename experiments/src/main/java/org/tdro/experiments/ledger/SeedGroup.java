package org.tdro.experiments.ledger;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Runs that differ in the seed alone. Of several runs with one seed, the complete one that has most results counts: one that was made
 * again is not evaluated anew. Of equals, the latest does.
 *
 * @param runs one for each seed, in the order of the seeds
 */
public record SeedGroup(List<LedgerRun> runs) {
  /** The name of the number of seeds of a group. */
  public static final String SEEDS = "seeds";

  /** Ends the name of a standard deviation: {@code log.loss.sd}. */
  public static final String DEVIATION = ".sd";

  /** Ends the name of the number of seeds that have a result, where not all have it: {@code log.loss.seeds}. */
  public static final String FEWER = ".seeds";

  /** Orders runs of one seed: the last one counts. */
  private static final Comparator<LedgerRun> LATER = Comparator.comparing(
          (LedgerRun run) -> run.is(LedgerRun.Status.COMPLETE))
      .thenComparing(SeedGroup::results)
      .thenComparing(run -> run.value(LedgerRun.STARTED).orElse(""));

  /**
   * The values of a group for one result.
   *
   * @param mean over the seeds that have it
   * @param deviation the sample's standard deviation, with n − 1; NaN for one seed
   * @param seeds how many have it
   */
  public record Spread(double mean, double deviation, int seeds) {}

  private static long results(LedgerRun run) {
    return run.facts().stream().filter(fact -> fact.kind() == Fact.Kind.RESULT).count();
  }

  public SeedGroup {
    runs = List.copyOf(runs);
  }

  /** Returns the groups of runs, in the order of their first runs; a run that differs from all others is alone in its group. */
  public static List<SeedGroup> of(List<LedgerRun> runs, Lineage lineage) {
    var groups = new LinkedHashMap<String, Map<Long, LedgerRun>>();
    for (var run : runs) {
      groups
          .computeIfAbsent(lineage.setting(run), setting -> new TreeMap<>())
          .merge(
              run.value(LedgerRun.SEED).map(Long::parseLong).orElse(0L),
              run,
              (a, b) -> LATER.compare(a, b) < 0 ? b : a);
    }
    return groups.values().stream()
        .map(group -> new SeedGroup(List.copyOf(group.values())))
        .toList();
  }

  /** Returns the mean and spread of a result; empty if no run has it. */
  public Optional<Spread> spread(String name) {
    return spread(runs.stream().flatMap(run -> run.value(name).stream()).toList());
  }

  private static Optional<Spread> spread(List<String> texts) {
    var values = texts.stream()
        .map(LedgerRun::parsed)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .toArray();
    if (values.length == 0) {
      return Optional.empty();
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = values.length == 1 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
    return Optional.of(new Spread(mean, deviation, values.length));
  }

  /**
   * Returns the group as one row: values that all runs share, results as means with a standard deviation under the name with
   * {@value #DEVIATION} and, if not all runs have them, their number under the name with {@value #FEWER}, and the seeds.
   */
  public LedgerRun row() {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact(Fact.Kind.RUN, LedgerRun.PATH, pattern()));
    facts.add(new Fact(Fact.Kind.RUN, SEEDS, Integer.toString(runs.size())));
    var byName = new LinkedHashMap<String, List<Fact>>();
    for (var run : runs) {
      run.facts()
          .forEach(fact ->
              byName.computeIfAbsent(fact.name(), name -> new ArrayList<>()).add(fact));
    }
    byName.remove(LedgerRun.PATH);
    byName.forEach((name, all) -> {
      var first = all.get(0);
      if (first.kind() == Fact.Kind.RESULT) {
        spread(all.stream().map(Fact::value).toList())
            .ifPresent(spread -> add(name, spread, runs.size(), facts));
      } else if (all.size() == runs.size() && all.stream().allMatch(first::equals)) {
        facts.add(first);
      } else if (name.equals(LedgerRun.SEED)) {
        var seeds = all.stream().map(Fact::value).collect(Collectors.joining(","));
        facts.add(new Fact(Fact.Kind.RUN, name, seeds));
      }
    });
    return new LedgerRun(runs.get(0).folder(), facts);
  }

  private static void add(String name, Spread spread, int runs, List<Fact> to) {
    to.add(new Fact(Fact.Kind.RESULT, name, Double.toString(spread.mean())));
    if (spread.seeds() > 1) {
      to.add(new Fact(Fact.Kind.RESULT, name + DEVIATION, Double.toString(spread.deviation())));
    }
    if (spread.seeds() < runs) {
      to.add(new Fact(Fact.Kind.RESULT, name + FEWER, Integer.toString(spread.seeds())));
    }
  }

  /** Returns the paths of the runs with their differences in braces, as a shell expands them: {@code runs/seed-{1,2,3}/dro}. */
  public String pattern() {
    var paths = runs.stream().map(LedgerRun::path).toList();
    if (paths.size() == 1) {
      return paths.get(0);
    }
    var shortest = paths.stream().min(Comparator.comparingInt(String::length)).orElseThrow();
    int before = 0;
    while (before < shortest.length() && same(paths, before, shortest.charAt(before))) {
      before++;
    }
    int after = 0;
    while (after < shortest.length() - before && sameFromEnd(paths, after, shortest)) {
      after++;
    }
    int head = before;
    int tail = after;
    return paths.stream()
        .map(path -> path.substring(head, path.length() - tail))
        .collect(Collectors.joining(
            ",",
            shortest.substring(0, head) + "{",
            "}" + shortest.substring(shortest.length() - tail)));
  }

  private static boolean same(List<String> paths, int index, char expected) {
    return paths.stream().allMatch(path -> path.charAt(index) == expected);
  }

  private static boolean sameFromEnd(List<String> paths, int index, String expected) {
    char c = expected.charAt(expected.length() - 1 - index);
    return paths.stream().allMatch(path -> path.charAt(path.length() - 1 - index) == c);
  }

  /** Returns the folders of the runs. */
  public List<Path> folders() {
    return runs.stream().map(LedgerRun::folder).toList();
  }
}
