package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        "num_q"
      })
  void namesReadBack(String name) {
    assertThat(Measure.of(name).name()).isEqualTo(name);
  }

  @Test
  void acceptsListsAndRepetition() {
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
  @ValueSource(strings = {"bpref", "Judged@10", "P(rel=2)@5", "hole@10"})
  void whatIsNotCloseToAnyNameListsAll(String name) {
    assertThatThrownBy(() -> Measure.of(name))
        .hasMessage(
            "measure '" + name
                + "' is not known; there are num_ret, num_rel, num_rel_ret, num_q, map, map_cut_K, recip_rank, recip_rank_at_K, P_K, success_K, recall_K, ndcg, ndcg_cut_K");
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
}
