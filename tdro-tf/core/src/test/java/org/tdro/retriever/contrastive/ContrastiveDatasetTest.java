package org.tdro.retriever.contrastive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.ContrastiveBatch.TeacherScores;
import org.tdro.data.TokenMatrix;

/** Two queries of a positive and a negative passage each, and a teacher's scores. */
class ContrastiveDatasetTest {
  private static ContrastiveBatch batch(float... scores) {
    return new ContrastiveBatch(
        TokenMatrix.pad(new int[][] {{1, 2}, {3}}, 0, 1, 8),
        TokenMatrix.pad(new int[][] {{4}, {5}, {6, 7, 8}, {9}}, 0, 1, 8),
        new int[] {0, 1},
        2,
        Optional.of(new TeacherScores(scores, new boolean[] {true, true})));
  }

  private static ContrastiveDataset dataset(ContrastiveBatch batch) {
    return new ContrastiveDataset(index -> batch, Set.of(1), 1, 1);
  }

  @Test
  void aBatchThatIsClosedLeavesNoNativeMemoryBehind() {
    try (var dataset = dataset(batch(4, 3, 2, 1))) {
      dataset.batch(0).close();
      long before = Pointer.totalCount();
      for (int index = 1; index < 20; index++) {
        dataset.batch(index).close();
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void aBatchThatFailsLeavesNoNativeMemoryBehind() {
    try (var dataset = dataset(batch(4))) {
      assertThatThrownBy(() -> dataset.batch(0)).isInstanceOf(RuntimeException.class);
      long before = Pointer.totalCount();
      for (int index = 1; index < 20; index++) {
        int number = index;
        assertThatThrownBy(() -> dataset.batch(number)).isInstanceOf(RuntimeException.class);
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }
}
