package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.search.ScoredDocument;

class MeasureTest {
  private static List<String> parsed(String... names) {
    return Measure.parse(Arrays.asList(names)).stream().map(Measure::name).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ndcg_cut_10",
        "ndcg",
        "map",
        "map_cut_3",
        "recip_rank",
        "recip_rank_at_10",
        "recall_100",
        "P_1",
        "num_q",
        "gm_map",
        "bpref",
        "iprec_at_recall_0.00",
        "iprec_at_recall_0.10",
        "iprec_at_recall_0.125",
        "set_F",
        "set_F_0.5",
        "rbp",
        "rbp_0.95",
        "ndcg_exp_cut_10",
        "P_5(rel=2)",
        "rbp_0.5(rel=2)"
      })
  void namesReadBack(String name) {
    assertThat(Measure.of(name).name()).isEqualTo(name);
  }

  @Test
  void acceptsListsAndRepetition() {
    assertThat(parsed()).isEmpty();
    assertThat(parsed("map, P_5", "recall_7", "map")).containsExactly("map", "P_5", "recall_7");
  }

  @Test
  void acceptsTrecEvalsCutoffsAfterADot() {
    assertThat(parsed("map,ndcg_cut.5,10,P.3,ndcg"))
        .containsExactly("map", "ndcg_cut_5", "ndcg_cut_10", "P_3", "ndcg");
  }

  @Test
  void aFamilyAloneStandsForTrecEvalsCutoffs() {
    assertThat(parsed("recall"))
        .containsExactly(
            "recall_5",
            "recall_10",
            "recall_15",
            "recall_20",
            "recall_30",
            "recall_100",
            "recall_200",
            "recall_500",
            "recall_1000");
  }

  @ParameterizedTest
  @CsvSource({
    "ndgc_cut_10, ndcg_cut_K",
    "NDGC@10, ndcg_cut_K",
    "mpa, map",
    "recal_100, recall_K",
    "recip_rank_10, recip_rank_at_K",
    "map_5, map_cut_K",
    "p_10, P_K"
  })
  void suggestsTheNearestName(String wrong, String nearest) {
    assertThatThrownBy(() -> Measure.of(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("measure '" + wrong + "' is not known; did you mean " + nearest + "?");
  }

  @ParameterizedTest
  @CsvSource({
    "MRR, recip_rank",
    "RR, recip_rank",
    "MRR@10, recip_rank_at_10",
    "mrr_at_10, recip_rank_at_10",
    "RR@10, recip_rank_at_10",
    "nDCG, ndcg",
    "nDCG@10, ndcg_cut_10",
    "NDCG@10, ndcg_cut_10",
    "ndcg_at_10, ndcg_cut_10",
    "AP, map",
    "MAP, map",
    "AP@100, map_cut_100",
    "map@10, map_cut_10",
    "P@1, P_1",
    "precision@1, P_1",
    "precision_at_5, P_5",
    "R@100, recall_100",
    "Recall@100, recall_100",
    "Success@5, success_5",
    "hit_rate@5, success_5",
    "accuracy@1, success_1",
    "ndcg_cut.10, ndcg_cut_10",
    "success.5, success_5"
  })
  void translatesTheNamesOfOtherPrograms(String name, String own) {
    assertThat(Measure.of(name).name()).isEqualTo(own);
  }

  @ParameterizedTest
  @ValueSource(strings = {"infAP", "hole@10"})
  void whatIsNotCloseToAnyNameListsAll(String name) {
    assertThatThrownBy(() -> Measure.of(name))
        .hasMessage(
            "measure '" + name
                + "' is not known; there are num_ret, num_rel, num_rel_ret, num_q, map, map_cut_K, gm_map, recip_rank, recip_rank_at_K, P_K, success_K, recall_K, ndcg, ndcg_cut_K, ndcg_exp_cut_K, Rprec, bpref, iprec_at_recall_X, set_P, set_recall, set_map, set_F, err_K, rbp, judged_K");
  }

  @Test
  void trecEvalsNamesOfSeveralMeasuresAreKnown() {
    var official = parsed("official");
    assertThat(official)
        .startsWith("num_q", "num_ret", "num_rel", "num_rel_ret", "map", "gm_map", "Rprec", "bpref")
        .endsWith("P_200", "P_500", "P_1000")
        .hasSize(9 + 11 + 9);
    assertThat(parsed("all_trec"))
        .startsWith(official.toArray(String[]::new))
        .hasSize(29 + 9 + 1 + 9 + 9 + 3 + 4);
  }

  @Test
  void successIsWhetherARelevantDocumentIsWithinTheCutoff() {
    assertThat(parsed("success")).containsExactly("success_1", "success_5", "success_10");
    var ranking = new RankedRelevance(
        List.of(new ScoredDocument("a", 3), new ScoredDocument("b", 2)), Map.of("b", 1), 1);
    assertThat(Measure.of("success_1").of(ranking)).isZero();
    assertThat(Measure.of("success_2").of(ranking)).isEqualTo(1);
  }

  @Test
  void cutoffsArePositive() {
    assertThatThrownBy(() -> Measure.of("nDCG@0"))
        .hasMessage("ndcg_cut needs a positive cutoff, was 0");
    assertThatThrownBy(() -> Measure.of("P_0")).hasMessage("P needs a positive cutoff, was 0");
  }

  @Test
  void namesAllErrors() {
    assertThatThrownBy(() -> parsed("foo,map,bar"))
        .hasMessageContaining("'foo'")
        .hasMessageContaining("'bar'");
  }

  private static double value(String measure, Map<String, Integer> judged, String... ranked) {
    var ranking = new ArrayList<ScoredDocument>();
    for (int i = 0; i < ranked.length; i++) {
      ranking.add(new ScoredDocument(ranked[i], ranked.length - i));
    }
    return Measure.of(measure).of(new RankedRelevance(ranking, judged, 1));
  }

  /** The formulas of trec_eval's Rprec, of gdeval and of ir-measures' judged, by hand. */
  @Test
  void measuresOfIrMeasuresHaveTheirValues() {
    var judged = Map.of("a", 3, "b", 0, "c", 1, "d", 4);
    assertThat(value("Rprec", judged, "b", "a", "x", "c")).isEqualTo(1 / 3.0);
    assertThat(value("Judged@3", judged, "b", "a", "x", "c")).isEqualTo(2 / 3.0);
    assertThat(value("Judged@10", judged, "b", "x")).isEqualTo(1 / 2.0);
    // Stops at b with probability 0, at a with 7/16, at c with 1/16.
    assertThat(value("ERR@4", judged, "b", "a", "x", "c"))
        .isCloseTo(7 / 16.0 / 2 + 9 / 16.0 / 16 / 4, within(1e-15));
    assertThat(value("ERR@2", judged, "b", "a", "x", "c")).isEqualTo(7 / 32.0);
    assertThatThrownBy(() -> value("ERR@2", Map.of("a", 5), "a"))
        .hasMessage("err knows a relevance of at most 4, found 5");
  }

  @ParameterizedTest
  @CsvSource({
    "HitRate@5, success_5",
    "hit@5, success_5",
    "Rprec, Rprec",
    "R-precision, Rprec",
    "ERR@20, err_20",
    "Judged@10, judged_10"
  })
  void otherNamesOfIrMeasuresAreKnown(String name, String ours) {
    assertThat(parsed(name)).containsExactly(ours);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P(rel=2)@5 | P_5(rel=2)",
        "AP(rel=2)@100 | map_cut_100(rel=2)",
        "AP(rel=2) | map(rel=2)",
        "RR(rel=2)@10 | recip_rank_at_10(rel=2)",
        "R(rel=3)@100 | recall_100(rel=3)",
        "Success(rel=2)@5 | success_5(rel=2)",
        "Rprec(rel=2) | Rprec(rel=2)",
        "Bpref(rel=2) | bpref(rel=2)",
        "BPref | bpref",
        "nDCG(dcg='log2')@10 | ndcg_cut_10",
        "nDCG(dcg=\"exp-log2\")@10 | ndcg_exp_cut_10",
        "nDCG(dcg='log2') | ndcg",
        "RBP(p=0.8) | rbp",
        "RBP(p=0.95, rel=2) | rbp_0.95(rel=2)",
        "RBP() | rbp",
        "IPrec@0.1 | iprec_at_recall_0.10",
        "IPrec(rel=2)@.25 | iprec_at_recall_0.25(rel=2)",
        "SetP | set_P",
        "SetR(rel=2) | set_recall(rel=2)",
        "SetF(beta=0.5) | set_F_0.5",
        "SetAP | set_map",
        "NumQ | num_q",
        "NumRet | num_ret",
        "NumRel | num_rel",
        "NumRelRet | num_rel_ret",
        "iprec_at_recall.5 | iprec_at_recall_5",
      })
  void theParametersOfIrMeasuresAreKnown(String name, String ours) {
    if (ours.equals("iprec_at_recall_5")) {
      assertThatThrownBy(() -> Measure.of(name)).hasMessageContaining("must be in [0.0, 1.0]");
    } else {
      assertThat(parsed(name)).containsExactly(ours);
    }
  }

  @Test
  void commasWithinANameDoNotSeparateMeasures() {
    assertThat(parsed("RBP(p=0.5, rel=2),map", "P.3,5", "iprec_at_recall.0,.5"))
        .containsExactly(
            "rbp_0.5(rel=2)", "map", "P_3", "P_5", "iprec_at_recall_0.00", "iprec_at_recall_0.50");
    // As an option that is split at commas hands it in.
    assertThat(parsed("RBP(p=0.5", "rel=2)", "ndcg_cut.5", "10"))
        .containsExactly("rbp_0.5(rel=2)", "ndcg_cut_5", "ndcg_cut_10");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P(judged_only=True)@5 | measure 'P(judged_only=True)@5': P does not have the parameter judged_only; it has rel",
        "nDCG(rel=2)@10 | measure 'nDCG(rel=2)@10': ndcg_cut does not have the parameter rel; it has dcg",
        "nDCG(dcg='exp-log2') | measure 'nDCG(dcg='exp-log2')': there is nDCG(dcg='log2'), with a cutoff or without, and nDCG(dcg='exp-log2')@K",
        "Judged(rel=1)@5 | measure 'Judged(rel=1)@5': judged does not have the parameter rel; it has none",
        "P(2)@5 | measure 'P(2)@5': expected parameters like rel=2 in parentheses, found '2'",
        "P(rel=high)@5 | measure 'P(rel=high)@5': rel must be a number, was 'high'",
        "P(rel=0)@5 | rel must be at least 1, was 0",
        "RBP(p=2) | p of rbp must be in [0.0, 1.0], was 2.0",
        "P(rel=2) | 'P(rel=2)' means 9 measures, name one of them",
        "P_0.5 | measure 'P_0.5' is not known; did you mean P_K?",
      })
  void wrongParametersAreNamed(String name, String message) {
    assertThatThrownBy(() -> Measure.of(name)).hasMessage(message);
  }
}
