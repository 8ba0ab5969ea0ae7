package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.io.InputException;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/** Values from the definitions, by hand. */
class EvaluationResultTest {
  private static final Qrels QRELS = Qrels.of(Map.of("q", Map.of("a", 2, "b", 1, "c", 0, "d", -1)));

  private static double value(String measure, EvaluationResult.Options options, String... ranking) {
    var documents = new ArrayList<ScoredDocument>();
    for (var id : ranking) {
      documents.add(new ScoredDocument(id, -documents.size()));
    }
    return EvaluationResult.of(
            QRELS, Run.of(Map.of("q", documents)), List.of(Measure.of(measure)), options)
        .value(Measure.of(measure));
  }

  private static double value(String measure, String... ranking) {
    return value(measure, EvaluationResult.Options.DEFAULT, ranking);
  }

  @Test
  void gainsAreLinear() {
    double ideal = 2 + 1 / (Math.log(3) / Math.log(2));
    assertThat(value("ndcg", "b", "x", "a")).isEqualTo((1 + 2 / 2.0) / ideal);
  }

  @Test
  void aPerfectRankingHasNdcgOne() {
    assertThat(value("ndcg", "a", "b")).isEqualTo(1);
  }

  @Test
  void precisionDividesByTheCutoffHoweverFewWereFound() {
    assertThat(value("P_10", "a")).isEqualTo(0.1);
  }

  @Test
  void averagePrecisionDividesByAllRelevantDocuments() {
    assertThat(value("map", "x", "a")).isEqualTo(0.25);
  }

  @Test
  void reciprocalRankBelowTheCutoffIsZero() {
    assertThat(value("recip_rank_at_1", "x", "a")).isZero();
    assertThat(value("recip_rank_at_2", "x", "a")).isEqualTo(0.5);
  }

  @Test
  void documentsJudgedBelowZeroAreAsUnjudged() {
    assertThat(value("num_rel_ret", new EvaluationResult.Options(false, 0), "d", "x", "c", "b"))
        .isEqualTo(2);
  }

  @Test
  void anotherRunHasNothingToEvaluate() {
    var run = Run.of(Map.of("p", List.of(new ScoredDocument("a", 1))));
    assertThatThrownBy(() -> EvaluationResult.of(QRELS, run, List.of(Measure.of("map"))))
        .isInstanceOf(InputException.class)
        .hasMessage("the run has none of the 1 judged queries");
  }
}
