package org.tdro.tools.runs;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.PairedDifferences.Samples;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say how retrievers are compared. */
final class ComparisonOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--baseline",
      paramLabel = "RESULTS",
      description =
          "Compare all others with this system: results, or the NAME of a column. Without it, each is compared with each.")
  private String baseline;

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "MEASURE",
      description = "Measures to compare (default: all that every system has).")
  private List<String> measures = new ArrayList<>();

  @Option(
      names = "--test",
      paramLabel = "TEST",
      defaultValue = "student",
      description =
          "The test that decides which differences are marked: student, fisher or seeds (default: ${DEFAULT-VALUE}).")
  private Comparison.Test test;

  @Option(
      names = "--alpha",
      paramLabel = "P",
      defaultValue = "0.05",
      description =
          "The largest corrected p-value of a significant difference; intervals cover 1 - P (default: ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--in-domain",
      split = ",",
      paramLabel = "SET",
      description =
          "The sets that count as in-domain (default: those called as a training domain, with or without _test, _dev or _train).")
  private List<String> inDomain = new ArrayList<>();

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Samples of the randomisation test and of the bootstrap intervals, from 100 to 1000000 (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Seed of the samples (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Returns the options without the baseline. */
  Comparison.Options options() {
    return Usage.checked(
        spec,
        () -> new Comparison.Options(
            Measure.parse(measures), inDomain, test, alpha, new Samples(samples, seed)));
  }

  /** Returns the systems that arguments name. */
  ComparedRuns runs(List<String> results) {
    return Usage.checked(spec, () -> new ComparedRuns(results));
  }

  /** Makes the baseline the first of the systems; without one, does nothing. */
  OptionalInt baseline(ComparedRuns runs) {
    return baseline == null
        ? OptionalInt.empty()
        : Usage.checked(spec, () -> runs.baseline(baseline));
  }
}
