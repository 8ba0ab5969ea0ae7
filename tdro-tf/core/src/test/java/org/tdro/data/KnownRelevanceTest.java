package org.tdro.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownRelevanceTest {
  private final KnownRelevance relevance = new KnownRelevance(2);

  private void add(int query, int[] positives, int chosen, int negative) {
    var relevant = new int[positives.length][];
    for (int i = 0; i < relevant.length; i++) {
      relevant[i] = text(positives[i]);
    }
    relevance.add(text(query), relevant, new int[][] {text(chosen), text(negative)});
  }

  /** A text of its own for each number. */
  private static int[] text(int number) {
    return new int[] {5, number, 1};
  }

  @Test
  void differentTextsHaveNone() {
    add(1, new int[] {10}, 10, 11);
    add(2, new int[] {12}, 12, 13);
    assertThat(relevance.pairs()).isEmpty();
  }

  @Test
  void aPositiveThatAnotherRowBringsIsRelevant() {
    add(1, new int[] {10}, 10, 11);
    add(2, new int[] {12}, 12, 10);
    add(3, new int[] {10}, 10, 14);
    assertThat(relevance.pairs()).containsExactly(0, 3, 0, 4, 2, 0, 2, 3);
  }

  @Test
  void soIsAPositiveThatTheRowDidNotBring() {
    add(1, new int[] {10, 11}, 11, 15);
    add(2, new int[] {12}, 12, 10);
    assertThat(relevance.pairs()).containsExactly(0, 3);
  }

  @Test
  void equalQueriesShareTheirPositives() {
    add(1, new int[] {10}, 10, 11);
    add(1, new int[] {12}, 12, 13);
    assertThat(relevance.pairs()).containsExactlyInAnyOrder(0, 2, 1, 0);
  }

  @Test
  void aNegativeThatEqualsThePositiveOfItsRowIsRelevant() {
    add(1, new int[] {10}, 10, 10);
    assertThat(relevance.pairs()).containsExactly(0, 1);
  }

  @Test
  void aRowThatIsThereTwiceIsNotItsOwnNegative() {
    add(1, new int[] {10}, 10, 11);
    add(1, new int[] {10}, 10, 11);
    assertThat(relevance.pairs()).containsExactly(0, 2, 1, 0);
  }
}
