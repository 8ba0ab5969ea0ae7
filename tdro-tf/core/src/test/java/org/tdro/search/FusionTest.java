package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.search.Fusion.ReciprocalRank;
import org.tdro.search.Fusion.WeightedSum;

class FusionTest {
  private static final Run WORDS = Run.of(Map.of(
      "q", List.of(document("a", 12), document("b", 8), document("c", 4)),
      "only words", List.of(document("a", 3))));
  private static final Run MODEL = Run.of(Map.of(
      "q", List.of(document("d", 0.9), document("b", 0.8), document("a", 0.4)),
      "none", List.of()));

  private static ScoredDocument document(String id, double score) {
    return new ScoredDocument(id, score);
  }

  @Test
  void reciprocalRanksAreAdded() {
    var fused = new ReciprocalRank(60).fuse(List.of(WORDS, MODEL), 10);
    assertThat(fused.of("q"))
        .containsExactly(
            document("a", 1.0 / 61 + 1.0 / 63),
            document("b", 1.0 / 62 + 1.0 / 62),
            document("d", 1.0 / 61),
            document("c", 1.0 / 63));
    assertThat(fused.of("only words")).containsExactly(document("a", 1.0 / 61));
  }

  @Test
  void ranksAreThoseOfTheRunAndNotOfTheOrderInWhichDocumentsCame() {
    var reversed =
        Run.of(Map.of("q", List.of(document("c", 4), document("b", 8), document("a", 12))));
    assertThat(ReciprocalRank.DEFAULT.fuse(List.of(reversed), 1).of("q"))
        .containsExactly(document("a", 1.0 / 61));
  }

  /** Words: a 1, b 0.5, c 0. Model: d 1, b 0.8, a 0. */
  @Test
  void weightedSumsAreOfScoresBetweenTheLeastAndTheLargest() {
    var fused = new WeightedSum(List.of(0.3, 0.7)).fuse(List.of(WORDS, MODEL), 3);
    assertThat(fused.of("q").stream().map(ScoredDocument::id)).containsExactly("b", "d", "a");
    assertThat(fused.of("q").stream().mapToDouble(ScoredDocument::score).toArray())
        .containsExactly(new double[] {0.15 + 0.56, 0.7, 0.3}, within(1e-12));
  }

  @Test
  void scoresThatAreAllEqualCountNothingAsInRanx() {
    var fused = new WeightedSum(List.of(1.0, 1.0)).fuse(List.of(WORDS, MODEL), 3);
    assertThat(fused.of("only words")).containsExactly(document("a", 0));
  }

  @Test
  void queriesOfAnyRunAreKept() {
    assertThat(ReciprocalRank.DEFAULT.fuse(List.of(WORDS, MODEL), 1).queries())
        .containsExactly("none", "only words", "q");
  }

  @Test
  void wrongParametersAreNamed() {
    assertThatThrownBy(() -> new ReciprocalRank(-1))
        .hasMessage("k of reciprocal rank fusion must be at least 0, was -1");
    assertThatThrownBy(() -> new WeightedSum(List.of(-0.5)))
        .hasMessage("a weight must be at least 0, was -0.5");
    assertThatThrownBy(() -> new WeightedSum(List.of(1.0)).fuse(List.of(WORDS, MODEL), 1))
        .hasMessage("1 weights for 2 runs");
  }
}
