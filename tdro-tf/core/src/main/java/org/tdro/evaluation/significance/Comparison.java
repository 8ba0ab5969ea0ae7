package org.tdro.evaluation.significance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.significance.PairedDifferences.Interval;
import org.tdro.evaluation.significance.PairedDifferences.Samples;

/**
 * Several systems on the same sets: their values, and tests of whether they differ.
 *
 * @param systems in the order of the columns
 * @param baseline the system that the others are compared with; absent if each is compared with each
 * @param options how they were compared
 * @param tables one for each measure
 * @param notes what was left out, a sentence each
 */
public record Comparison(
    List<ComparedSystem> systems,
    OptionalInt baseline,
    Options options,
    List<Table> tables,
    List<String> notes) {

  /** A test of a difference, with the question that it answers. */
  public enum Test {
    /** Student's t-test of the differences of the queries. */
    STUDENT("paired Student's t-test over queries", "several queries of each set"),
    /** Fisher's randomisation test of the differences of the queries. */
    FISHER("Fisher's randomisation test over queries", "queries"),
    /** Student's t-test over the runs of each system: paired by seed if both have the same, otherwise Welch's. */
    SEEDS("t-test over seeds", "several runs of both systems");

    private final String label;
    private final String need;

    Test(String label, String need) {
      this.label = label;
      this.need = need;
    }

    /** Returns its name in a sentence. */
    public String label() {
      return label;
    }

    /** Returns what it needs, in a sentence. */
    public String need() {
      return need;
    }
  }

  /**
   * How systems are compared.
   *
   * @param measures empty for all that every system has values of queries for
   * @param inDomain names of the in-domain sets; empty for those named after a training domain
   * @param test decides which differences are marked
   * @param alpha the largest p-value of a difference that is marked; intervals cover 1 - alpha
   * @param samples of randomisation and bootstrap
   */
  public record Options(
      List<Measure> measures,
      Collection<String> inDomain,
      Test test,
      double alpha,
      Samples samples) {
    public Options {
      measures = List.copyOf(measures);
      inDomain = List.copyOf(inDomain);
      if (!(alpha > 0 && alpha < 1)) {
        throw new IllegalArgumentException("alpha must be above 0 and below 1, was " + alpha);
      }
      double least = Math.ceil(2 / alpha);
      if (samples.count() < least) {
        throw new IllegalArgumentException(
            "samples must be at least 2 / alpha, %.0f, since the ends of an interval are quantiles of alpha / 2; was %d"
                .formatted(least, samples.count()));
      }
    }
  }

  /** The rows of one measure. */
  public record Table(String measure, List<Row> rows) {}

  /**
   * The values on one set, or the averages of some.
   *
   * @param sets the averaged sets, or the one
   * @param queries their queries
   * @param cells a value for each system
   * @param pairs the compared systems
   */
  public record Row(
      String name, Kind kind, List<String> sets, int queries, List<Cell> cells, List<Pair> pairs) {
    /** What a row shows. */
    public enum Kind {
      /** One set. */
      SET,
      /** The average of all sets. */
      AVERAGE,
      /** That of the sets whose domain was trained on. */
      IN_DOMAIN,
      /** That of the others. */
      OUT_OF_DOMAIN
    }

    /** Returns whether it is one set. */
    public boolean isSet() {
      return kind == Kind.SET;
    }

    /** Returns the number of sets, where the parts of one count as one. */
    public int wholes() {
      return (int) sets.stream().map(EvaluationSet::whole).distinct().count();
    }
  }

  /**
   * A system's value in a row.
   *
   * @param runs the mean of each run
   */
  public record Cell(List<Double> runs) {
    /** Returns the mean over the runs. */
    public double mean() {
      return Mean.of(values()).getAsDouble();
    }

    /** Returns the standard deviation over the runs; NaN for a single one. */
    public double deviation() {
      return runs.size() < 2 ? Double.NaN : StandardDeviation.of(values()).getAsDouble();
    }

    private double[] values() {
      return runs.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /**
   * A system compared with another.
   *
   * @param system index of the system
   * @param other index of the one that it is compared with: the baseline, if there is one
   * @param difference value of the system minus that of the other
   * @param interval bootstrap interval of the difference
   * @param tests p-values; the test over seeds only if both systems have several
   */
  public record Pair(
      int system, int other, double difference, Interval interval, Map<Test, PValue> tests) {
    /** Returns whether the difference is significant by a test, corrected, on a level. */
    public boolean isSignificant(Test test, double alpha) {
      return tests.containsKey(test) && tests.get(test).holm() <= alpha;
    }
  }

  /**
   * The p-value of a test.
   *
   * @param raw that of this comparison alone
   * @param holm corrected by Holm's method for the number of comparisons in the row
   */
  public record PValue(double raw, double holm) {}

  /**
   * Compares systems.
   *
   * @param baseline index of the system that the others are compared with; absent to compare each with each
   * @throws org.tdro.io.InputException if their results are not of the same tests
   */
  public static Comparison of(List<ComparedSystem> systems, OptionalInt baseline, Options options) {
    var runs = systems.stream().flatMap(system -> system.runs().stream()).toList();
    var common = CommonTests.of(runs, options.measures());
    var notes = new ArrayList<>(common.notes());
    var computing = new Computing(systems, baseline, options, common.sets());
    var inDomain = inDomain(systems, options, common.sets(), notes);
    var tables = common.measures().stream()
        .map(measure -> computing.table(measure, inDomain))
        .toList();
    return new Comparison(systems, baseline, options, tables, notes);
  }

  /** Returns the sets of domains that some system was trained on. */
  private static Predicate<String> inDomain(
      List<ComparedSystem> systems, Options options, List<String> sets, List<String> notes) {
    if (!options.inDomain().isEmpty()) {
      var unknown = new TreeSet<>(options.inDomain());
      sets.forEach(unknown::remove);
      if (!unknown.isEmpty()) {
        notes.add("no such set to be in-domain: " + String.join(", ", unknown));
      }
      return options.inDomain()::contains;
    }
    var domains = new TreeSet<String>();
    systems.forEach(system -> domains.addAll(system.domains()));
    var differing = systems.stream()
        .filter(system -> !domains.equals(new TreeSet<>(system.domains())))
        .map(ComparedSystem::name)
        .toList();
    if (!domains.isEmpty() && !differing.isEmpty()) {
      notes.add(
          "in-domain are the sets of domains that any system was trained on; not all of them is known of "
              + String.join(", ", differing));
    }
    return set ->
        domains.contains(set) || domains.contains(set.replaceFirst("_(test|dev|train)$", ""));
  }

  /** Returns p-values corrected by Holm's method (1979) for their number; NaN are left out of it. */
  static double[] holm(double[] pValues) {
    var corrected = pValues.clone();
    var ascending = IntStream.range(0, pValues.length)
        .filter(i -> !Double.isNaN(pValues[i]))
        .boxed()
        .sorted(Comparator.comparingDouble(i -> pValues[i]))
        .toList();
    double largest = 0;
    for (int rank = 0; rank < ascending.size(); rank++) {
      int i = ascending.get(rank);
      largest = Math.max(largest, Math.min(1, (ascending.size() - rank) * pValues[i]));
      corrected[i] = largest;
    }
    return corrected;
  }

  /** The computation of tables. */
  private record Computing(
      List<ComparedSystem> systems, OptionalInt baseline, Options options, List<String> sets) {
    Table table(String measure, Predicate<String> inDomain) {
      var differences = new ArrayList<List<PairedDifferences>>();
      for (var set : sets) {
        differences.add(differences(set, measure));
      }
      var rows = new ArrayList<Row>();
      for (var set : sets) {
        rows.add(row(set, Row.Kind.SET, List.of(set), measure, differences));
      }
      if (sets.size() > 1) {
        rows.add(row("average", Row.Kind.AVERAGE, sets, measure, differences));
      }
      var in = sets.stream().filter(inDomain).toList();
      var out = sets.stream().filter(inDomain.negate()).toList();
      if (!in.isEmpty() && !out.isEmpty()) {
        rows.add(row("in-domain", Row.Kind.IN_DOMAIN, in, measure, differences));
        rows.add(row("out-of-domain", Row.Kind.OUT_OF_DOMAIN, out, measure, differences));
      }
      return new Table(measure, rows);
    }

    /** Returns the compared systems as (system, other). */
    private List<int[]> pairs() {
      var pairs = new ArrayList<int[]>();
      for (int other = 0; other < systems.size(); other++) {
        for (int system = 0; system < systems.size(); system++) {
          if (baseline.isPresent()
              ? other == baseline.getAsInt() && system != other
              : system > other) {
            pairs.add(new int[] {system, other});
          }
        }
      }
      return pairs;
    }

    /** Returns the differences of each pair on a set. */
    private List<PairedDifferences> differences(String set, String measure) {
      var values = systems.stream().map(system -> system.queries(set, measure)).toList();
      return pairs().stream()
          .map(pair -> {
            var other = values.get(pair[1]);
            // In the same order of queries for all pairs.
            var differences = new TreeSet<>(other.keySet())
                .stream()
                    .mapToDouble(query -> values.get(pair[0]).get(query) - other.get(query))
                    .toArray();
            return PairedDifferences.of(set, differences, options.samples());
          })
          .toList();
    }

    private Row row(
        String name,
        Row.Kind kind,
        List<String> of,
        String measure,
        List<List<PairedDifferences>> differences) {
      var cells =
          systems.stream().map(system -> new Cell(system.means(of, measure))).toList();
      var compared = new ArrayList<Pair>();
      var pairs = pairs();
      var tests = new EnumMap<Test, double[]>(Test.class);
      for (var test : Test.values()) {
        tests.put(test, new double[pairs.size()]);
      }
      for (int i = 0; i < pairs.size(); i++) {
        int index = i;
        var paired = PairedDifferences.ofSets(of.stream()
            .map(set -> differences.get(sets.indexOf(set)).get(index))
            .toList());
        int system = pairs.get(i)[0];
        int other = pairs.get(i)[1];
        tests.get(Test.STUDENT)[i] = paired.student();
        tests.get(Test.FISHER)[i] = paired.fisher();
        tests.get(Test.SEEDS)[i] = seeds(cells, system, other);
        compared.add(new Pair(
            system,
            other,
            paired.mean(),
            paired.bootstrap(options.alpha()),
            new EnumMap<>(Test.class)));
      }
      tests.forEach((test, raw) -> {
        var holm = holm(raw);
        for (int i = 0; i < raw.length; i++) {
          if (!Double.isNaN(raw[i])) {
            compared.get(i).tests().put(test, new PValue(raw[i], holm[i]));
          }
        }
      });
      int queries = of.stream()
          .mapToInt(set -> systems.get(0).queries(set, measure).size())
          .sum();
      return new Row(name, kind, of, queries, cells, compared);
    }

    /** Returns the p-value over the runs of two systems; NaN unless both have several. */
    private double seeds(List<Cell> cells, int system, int other) {
      var here = cells.get(system).values();
      var there = cells.get(other).values();
      if (here.length < 2 || there.length < 2) {
        return Double.NaN;
      }
      var seeds = systems.get(system).seeds();
      var theirs = systems.get(other).seeds();
      if (seeds.isEmpty() || !new TreeSet<>(seeds).equals(new TreeSet<>(theirs))) {
        return certain(here, there)
            ? (here[0] == there[0] ? 1 : 0)
            : TTest.withDefaults()
                .with(DataDispersion.HETEROSCEDASTIC)
                .test(here, there)
                .getPValue();
      }
      var paired =
          seeds.stream().mapToDouble(seed -> there[theirs.indexOf(seed)]).toArray();
      var difference =
          IntStream.range(0, here.length).mapToDouble(i -> here[i] - paired[i]).toArray();
      return certain(difference)
          ? (difference[0] == 0 ? 1 : 0)
          : TTest.withDefaults().pairedTest(here, paired).getPValue();
    }

    /** Returns whether none of the samples varies, so that t is not defined. */
    private static boolean certain(double[]... samples) {
      return Arrays.stream(samples)
          .allMatch(sample -> Arrays.stream(sample).allMatch(value -> value == sample[0]));
    }
  }
}
