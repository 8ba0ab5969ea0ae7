package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.search.Run;
import org.tdro.testing.Shared;

/** Every number of {@code golden/trec}, which trec_eval 9.0.8 printed with four decimals. */
class TrecEvalGoldenTest {
  private static final Offset<Double> TOLERANCE = within(6e-5);

  @ParameterizedTest
  @ValueSource(strings = {"graded_with_specials", "many_ties"})
  void equalsExpectedJson(String scenario) throws IOException {
    var folder = Shared.path("golden/trec/" + scenario);
    var evaluations =
        new ObjectMapper().readTree(new File(folder + "/expected.json")).get("evaluations");
    assertThat(evaluations).isNotEmpty();
    for (var expected : evaluations) {
      int level = expected.get("level_for_rel").intValue();
      var overRun = evaluate(folder, expected.get("mean_over_run_queries"), false, level);
      var overQrels = evaluate(folder, expected.get("mean_over_all_qrels_queries"), true, level);
      assertValues(overRun.all(), expected.get("mean_over_run_queries"));
      assertValues(overQrels.all(), expected.get("mean_over_all_qrels_queries"));
      var perQuery = expected.get("per_query");
      assertThat(overRun.queries().keySet()).isEqualTo(names(perQuery));
      overRun.queries().forEach((query, values) -> assertValues(values, perQuery.get(query)));
      assertThat(overQrels.queries()).isEqualTo(overRun.queries());
    }
  }

  private static EvaluationResult evaluate(
      Path folder, JsonNode measures, boolean complete, int level) {
    var asked = Measure.parse(names(measures));
    assertThat(asked).hasSameSizeAs(names(measures));
    return evaluate(folder, asked, complete, level);
  }

  private static EvaluationResult evaluate(
      Path folder, List<Measure> measures, boolean complete, int level) {
    return EvaluationResult.of(
        Qrels.read(folder.resolve("qrels.txt")),
        Run.read(folder.resolve("run.txt")),
        measures,
        new EvaluationResult.Options(complete, level));
  }

  private static void assertValues(Map<Measure, Double> values, JsonNode expected) {
    var found = values.keySet().stream().map(Measure::name).collect(Collectors.toSet());
    assertThat(found).isEqualTo(names(expected));
    values.forEach((measure, value) -> assertThat(value)
        .as(measure.name())
        .isCloseTo(expected.get(measure.name()).doubleValue(), TOLERANCE));
  }

  private static Set<String> names(JsonNode object) {
    var names = new HashSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @CsvSource({
    "graded_with_specials, trec_eval.out, false, 1",
    "graded_with_specials, trec_eval_complete.out, true, 1",
    "graded_with_specials, trec_eval.level2.out, false, 2",
    "graded_with_specials, trec_eval_complete.level2.out, true, 2",
    "many_ties, trec_eval.out, false, 1",
    "many_ties, trec_eval_complete.out, true, 1",
  })
  void equalsRawOutput(String scenario, String output, boolean complete, int level)
      throws IOException {
    var folder = Shared.path("golden/trec/" + scenario);
    var lines = Files.readAllLines(folder.resolve(output)).stream()
        .map(line -> List.of(line.strip().split("\\s+", -1)))
        .filter(fields -> !fields.get(0).equals("runid"))
        .toList();
    var measures =
        Measure.parse(lines.stream().map(fields -> fields.get(0)).distinct().toList());
    var result = evaluate(folder, measures, complete, level);
    assertThat(lines).hasSizeGreaterThan(400).allSatisfy(fields -> {
      var values = fields.get(1).equals("all") ? result.all() : result.queries().get(fields.get(1));
      assertThat(values.get(Measure.of(fields.get(0))))
          .isCloseTo(Double.valueOf(fields.get(2)), TOLERANCE);
    });
  }
}
