package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    "NDCG@10, ndcg_cut_K",
    "mrr, map",
    "MAP, map",
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

  @Test
  void cutoffsArePositive() {
    assertThatThrownBy(() -> Measure.of("P_0")).hasMessage("P needs a positive cutoff, was 0");
  }

  @Test
  void namesAllErrors() {
    assertThatThrownBy(() -> parsed("foo,map,bar"))
        .hasMessageContaining("'foo'")
        .hasMessageContaining("'bar'");
  }
}
