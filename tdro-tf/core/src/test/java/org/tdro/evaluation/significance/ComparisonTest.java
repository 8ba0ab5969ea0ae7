package org.tdro.evaluation.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;
import org.junit.jupiter.api.Test;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.significance.ComparedSystem.Run;
import org.tdro.evaluation.significance.Comparison.Options;
import org.tdro.evaluation.significance.Comparison.Row;
import org.tdro.evaluation.significance.PairedDifferences.Samples;
import org.tdro.io.InputException;

class ComparisonTest {
  private static final double[] LOW = {0.1, 0.2, 0.3, 0.2, 0.1, 0.2, 0.3, 0.4};
  private static final double[] HIGH = {0.7, 0.7, 0.9, 0.8, 0.6, 0.8, 1.0, 0.9};
  private static final double[] MIXED = {0.7, 0.1, 0.2, 0.3, 0.1, 0.1, 0.3, 0.5};

  private static ModelEvaluation.Test test(String split, String judgements, int topK) {
    return new ModelEvaluation.Test(
        topK, new EvaluationSet.Content(split, "queries", "documents", judgements));
  }

  private static ModelEvaluation.Test test() {
    return test("test", "judgements", 100);
  }

  /** Results with one measure, {@code map_cut_10}: pairs of a set's name and the values of its queries. */
  private static ModelEvaluation results(ModelEvaluation.Test test, Object... setsAndValues) {
    var sets = new LinkedHashMap<String, Map<String, Double>>();
    var tests = new LinkedHashMap<String, ModelEvaluation.Test>();
    var queries = new LinkedHashMap<String, Map<String, Map<String, Double>>>();
    for (int i = 0; i < setsAndValues.length; i += 2) {
      var set = (String) setsAndValues[i];
      var of = (double[]) setsAndValues[i + 1];
      var values = new LinkedHashMap<String, Double>();
      double sum = 0;
      for (int q = 0; q < of.length; q++) {
        values.put("q" + q, of[q]);
        sum += of[q];
      }
      sets.put(set, Map.of("map_cut_10", sum / of.length));
      queries.put(set, Map.of("map_cut_10", values));
      if (test != null) {
        tests.put(set, test);
      }
    }
    return new ModelEvaluation(sets, tests, queries);
  }

  private static ComparedSystem system(String name, ModelEvaluation... runs) {
    var of = new ArrayList<Run>();
    for (int i = 0; i < runs.length; i++) {
      of.add(new Run(name + i, Optional.of((long) i), runs[i]));
    }
    return new ComparedSystem(name, of, List.of("news"));
  }

  private static Options options(Comparison.Test test, Measure... measures) {
    return new Options(List.of(measures), List.of(), test, 0.05, new Samples(1000, 42));
  }

  private static Comparison compare(ComparedSystem... systems) {
    return Comparison.of(List.of(systems), OptionalInt.of(0), options(Comparison.Test.STUDENT));
  }

  private static ComparedSystem uniform() {
    return system("uniform", results(test(), "news_test", LOW, "adi", MIXED));
  }

  private static ComparedSystem curr() {
    return system("curr", results(test(), "news_test", HIGH, "adi", LOW));
  }

  private static ComparedSystem top() {
    return system("top70", results(test(), "news_test", MIXED, "adi", MIXED));
  }

  @Test
  void aTableHasSetsAndAveragesAndMarksWhatIsBetter() {
    assertThat(ComparisonFormat.MARKDOWN.of(compare(uniform(), curr(), top())).lines())
        .startsWith(
            "| map_cut_10 | a uniform | b curr | c top70 |",
            "|---|--:|--:|--:|",
            "| news_test | 0.2250 | **0.8000**ᵃ | 0.2875 |",
            "| adi | **0.2875** | 0.2250 | **0.2875** |",
            "| average (2 sets) | 0.2563 | **0.5125**ᵃ | 0.2875 |",
            "| in-domain (1 set) | 0.2250 | **0.8000**ᵃ | 0.2875 |",
            "| out-of-domain (1 set) | **0.2875** | 0.2250 | **0.2875** |",
            "",
            "Superscripts mark values that are significantly better than that of the system with the letter (paired Student's t-test over queries, Holm's correction for 2 comparisons in each row, p at most 0.05).");
  }

  @Test
  void withoutABaselineEachIsComparedWithEach() {
    var comparison = Comparison.of(
        List.of(uniform(), curr(), top()), OptionalInt.empty(), options(Comparison.Test.FISHER));
    assertThat(comparison.tables().get(0).rows().get(0).pairs())
        .extracting(pair -> pair.system() + " " + pair.other())
        .containsExactly("1 0", "2 0", "2 1");
    assertThat(ComparisonFormat.LATEX.of(comparison).lines())
        .contains(
            "map\\_cut\\_10 & a uniform & b curr & c top70 \\\\",
            "news\\_test & 0.2250 & \\textbf{0.8000}$^{ac}$ & 0.2875 \\\\");
  }

  /** R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02. */
  @Test
  void holmsCorrectionIsThatOfR() {
    assertThat(Comparison.holm(new double[] {0.01, 0.04, Double.NaN, 0.03, 0.005}))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-15 ? 0 : Double.compare(a, b))
        .containsExactly(0.03, 0.06, Double.NaN, 0.06, 0.02);
    assertThat(Comparison.holm(new double[] {0.6, 0.8})).containsExactly(1, 1);
  }

  @Test
  void seedsAreAveragedAndTested() {
    var one = system(
        "one",
        results(test(), "adi", LOW),
        results(test(), "adi", MIXED),
        results(test(), "adi", LOW));
    var other = system(
        "other",
        results(test(), "adi", HIGH),
        results(test(), "adi", HIGH),
        results(test(), "adi", MIXED));
    var row = compare(one, other).tables().get(0).rows().get(0);
    assertThat(row.cells().get(0).mean()).isCloseTo((0.225 + 0.2875 + 0.225) / 3, within(1e-15));
    // The standard deviation of three values of which two are equal is their distance / √3.
    assertThat(row.cells().get(0).deviation()).isCloseTo(0.0625 / Math.sqrt(3), within(1e-15));
    var seeds = row.pairs().get(0).tests().get(Comparison.Test.SEEDS);
    assertThat(seeds.raw())
        .isCloseTo(
            TTest.withDefaults()
                .pairedTest(new double[] {0.225, 0.2875, 0.225}, new double[] {0.8, 0.8, 0.2875})
                .getPValue(),
            within(1e-12));
    assertThat(ComparisonFormat.MARKDOWN.of(compare(one, other)).lines())
        .startsWith("| map_cut_10 | a one (3 seeds) | b other (3 seeds) |")
        .contains("| adi | 0.2458 ± 0.0361 | **0.6292** ± 0.2959ᵃ |");
  }

  @Test
  void runsOfOtherSeedsAreNotPaired() {
    var one = system("one", results(test(), "adi", LOW), results(test(), "adi", MIXED));
    var other = new ComparedSystem(
        "other",
        List.of(
            new Run("x", Optional.of(7L), results(test(), "adi", HIGH)),
            new Run("y", Optional.of(8L), results(test(), "adi", MIXED)),
            new Run("z", Optional.of(9L), results(test(), "adi", LOW))),
        List.of());
    var row = compare(one, other).tables().get(0).rows().get(0);
    assertThat(row.pairs().get(0).tests().get(Comparison.Test.SEEDS).raw())
        .isCloseTo(
            TTest.withDefaults()
                .with(DataDispersion.HETEROSCEDASTIC)
                .test(new double[] {0.8, 0.2875, 0.225}, new double[] {0.225, 0.2875})
                .getPValue(),
            within(1e-12));
  }

  @Test
  void aTestThatCannotBeMadeIsNamedInsteadOfLeavingValuesUnmarked() {
    var one = Comparison.of(
        List.of(uniform(), curr()), OptionalInt.of(0), options(Comparison.Test.SEEDS));
    var legend = "No value is marked: a t-test over seeds needs several runs of both systems.";
    assertThat(ComparisonFormat.MARKDOWN.of(one)).contains("\n" + legend + "\n");
    assertThat(ComparisonFormat.LATEX.of(one))
        .contains("\\caption{map\\_cut\\_10. " + legend + "}");
    var seeds = Comparison.of(
        List.of(
            system("two", results(test(), "adi", LOW), results(test(), "adi", LOW)),
            system("others", results(test(), "adi", HIGH), results(test(), "adi", MIXED)),
            system("single", results(test(), "adi", HIGH))),
        OptionalInt.of(0),
        options(Comparison.Test.SEEDS));
    assertThat(ComparisonFormat.MARKDOWN.of(seeds))
        .contains(
            "(t-test over seeds, p at most 0.05). Not tested are c with a: that needs several runs of both systems.");
  }

  @Test
  void samplesAreEnoughForTheEndsOfAnIntervalAndFitInMemory() {
    assertThatThrownBy(() -> new Samples(1_000_001, 1))
        .hasMessage("samples must be from 100 to 1000000, was 1000001");
    assertThatThrownBy(() ->
            new Options(List.of(), List.of(), Comparison.Test.FISHER, 0.001, new Samples(1000, 1)))
        .hasMessageStartingWith("samples must be at least 2 / alpha, 2000, since");
  }

  @Test
  void csvAndJsonHoldEverything() throws IOException {
    var comparison = compare(uniform(), curr());
    var csv = ComparisonFormat.CSV.of(comparison).lines().toList();
    assertThat(csv.get(0))
        .isEqualTo(
            "measure,row,kind,sets,queries,system,runs,mean,deviation,other,difference,low,high,student,student_holm,fisher,fisher_holm,seeds,seeds_holm");
    assertThat(csv).hasSize(1 + 5 * 2);
    assertThat(csv.get(1)).matches("map_cut_10,news_test,set,1,8,uniform,1,0\\.225\\d*,{11}");
    assertThat(csv).allMatch(line -> line.chars().filter(c -> c == ',').count() == 18);
    var json = new JsonMapper().readTree(ComparisonFormat.JSON.of(comparison));
    assertThat(json.at("/baseline").asText()).isEqualTo("uniform");
    var average = json.at("/tables/0/rows/2");
    assertThat(average.at("/kind").asText()).isEqualTo("average");
    assertThat(average.at("/comparisons/0/difference").doubleValue())
        .isCloseTo(0.25625, within(1e-15));
    assertThat(average.at("/comparisons/0/tests/fisher/p").doubleValue()).isPositive();
    assertThat(average.at("/comparisons/0/significant").booleanValue()).isTrue();
  }

  @Test
  void setsThatNotAllHaveAreLeftOutAndNamed() {
    var fewer = system("fewer", results(test(), "adi", HIGH));
    var comparison = compare(uniform(), fewer);
    assertThat(comparison.tables().get(0).rows()).extracting(Row::name).containsExactly("adi");
    assertThat(comparison.notes())
        .contains("set news_test is left out: fewer0 was not evaluated on it");
    refused(
        "was evaluated on med; there is no set that all runs share",
        uniform(),
        system("med", results(test(), "med", HIGH)));
  }

  @Test
  void resultsOfOtherTestsAreRefused() {
    refused(
        "adi: uniform0 and x0 were evaluated on other splits, test and dev",
        uniform(),
        system("x", results(test("dev", "judgements", 100), "adi", LOW)));
    refused(
        "adi: uniform0 and x0 were evaluated on other judgements",
        uniform(),
        system("x", results(test("test", "newer", 100), "adi", LOW)));
    refused(
        "adi: uniform0 and x0 were evaluated on other queries: 6 only in uniform0 (q2, q3, q4 and 3 more)",
        uniform(),
        system("x", results(null, "adi", new double[] {1, 0})));
    refused(
        "x0: holds means alone",
        uniform(),
        system(
            "x", new ModelEvaluation(uniform().runs().get(0).values().sets(), Map.of(), Map.of())));
  }

  @Test
  void rankingsOfOtherDepthsAreComparedAsFarAsTheyReach() {
    var shallow = system("x", results(test("test", "judgements", 10), "adi", LOW));
    assertThat(compare(uniform(), shallow).tables()).hasSize(1);
    var shallower = system("x", results(test("test", "judgements", 5), "adi", LOW));
    refused(
        "adi: map_cut_10 looks deeper than 5 documents, but uniform0 kept 100 for each query and x0 5",
        uniform(),
        shallower);
  }

  @Test
  void aMeasureThatARunLacksIsNamed() {
    assertThatThrownBy(() -> Comparison.of(
            List.of(uniform(), curr()),
            OptionalInt.empty(),
            options(Comparison.Test.STUDENT, Measure.of("nDCG@10"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "uniform0, curr0: there are no values of ndcg_cut_10; all runs have map_cut_10");
  }

  private static void refused(String because, ComparedSystem... systems) {
    assertThatThrownBy(() -> compare(systems))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(because);
  }
}
