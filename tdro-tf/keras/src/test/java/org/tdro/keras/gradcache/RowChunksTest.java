package org.tdro.keras.gradcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tdro.keras.gradcache.GradientCache.RowLengths;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Rows of 2 and 4 positions in one group of inputs, of 5 and 2 in another. */
class RowChunksTest {
  private final List<Tensor> open = new ArrayList<>();
  private final List<Tensor> first = List.of(
      ints(new int[][] {{1, 2, 0, 0}, {3, 4, 5, 6}}),
      ints(new int[][] {{1, 1, 0, 0}, {1, 1, 1, 1}}));
  private final List<Tensor> second = List.of(
      ints(new int[][] {{7, 8, 9, 1, 2, 0}, {3, 4, 0, 0, 0, 0}}),
      ints(new int[][] {{1, 1, 1, 1, 1, 0}, {1, 1, 0, 0, 0, 0}}));

  @AfterEach
  void close() {
    open.forEach(Tensor::close);
  }

  private <T extends Tensor> T closed(T tensor) {
    open.add(tensor);
    return tensor;
  }

  private Tensor ints(int[][] values) {
    return closed(TInt32.tensorOf(StdArrays.ndCopyOf(values)));
  }

  private RowChunks chunks(int rows, int multiple) {
    return new RowChunks(List.of(first, second), rows, Optional.of(new RowLengths() {
      @Override
      public int[] of(List<Tensor> inputs) {
        return inputs == first ? new int[] {2, 4} : new int[] {5, 2};
      }

      @Override
      public int width(int longest) {
        return (longest + multiple - 1) / multiple * multiple;
      }
    }));
  }

  private static int[][] values(RowChunks.Chunk chunk, int input) {
    try (var tensor = (TInt32) chunk.input(input)) {
      return StdArrays.array2dCopyOf(tensor);
    }
  }

  @Test
  void theLongestAreTogether() {
    var chunks = chunks(2, 1).chunks();
    assertThat(chunks).hasSize(2);
    assertThat(values(chunks.get(0), 0))
        .isDeepEqualTo(new int[][] {{7, 8, 9, 1, 2}, {3, 4, 5, 6, 0}});
    assertThat(values(chunks.get(0), 1))
        .isDeepEqualTo(new int[][] {{1, 1, 1, 1, 1}, {1, 1, 1, 1, 0}});
    assertThat(values(chunks.get(1), 0)).isDeepEqualTo(new int[][] {{1, 2}, {3, 4}});
  }

  @Test
  void theLastChunkHoldsWhatIsLeft() {
    var chunks = chunks(3, 1).chunks();
    assertThat(values(chunks.get(1), 0)).isDeepEqualTo(new int[][] {{3, 4}});
  }

  @Test
  void lengthsAreRoundedUpButNotBeyondTheirInputs() {
    var chunks = chunks(1, 4).chunks();
    assertThat(values(chunks.get(0), 0)).isDeepEqualTo(new int[][] {{7, 8, 9, 1, 2, 0}});
    assertThat(values(chunks.get(2), 0)).isDeepEqualTo(new int[][] {{1, 2, 0, 0}});
  }

  @Test
  void vectorsGoBackToTheirRows() {
    var chunks = chunks(3, 1);
    var vectors = chunks.vectors(1);
    chunks.chunks().get(0).scatter(new float[] {50, 40, 20}, vectors, 1);
    chunks.chunks().get(1).scatter(new float[] {21}, vectors, 1);
    assertThat(vectors.get(0)).containsExactly(20, 40);
    assertThat(vectors.get(1)).containsExactly(50, 21);
    try (TFloat32 gathered = chunks.chunks().get(0).gather(vectors, 1)) {
      assertThat(StdArrays.array2dCopyOf(gathered)).isDeepEqualTo(new float[][] {{50}, {40}, {20}});
    }
  }

  @Test
  void rowsWithoutLengthsAreTakenWholeAndInOrder() {
    var labels = closed(TInt64.vectorOf(10, 20, 30));
    var features = closed(TFloat32.tensorOf(StdArrays.ndCopyOf(new float[][][] {
      {{1}, {2}}, {{3}, {4}}, {{5}, {6}}
    })));
    var chunks = new RowChunks(List.of(List.of(labels, features)), 2, Optional.empty()).chunks();
    try (var ids = (TInt64) chunks.get(0).input(0);
        var rows = (TFloat32) chunks.get(1).input(1)) {
      assertThat(StdArrays.array1dCopyOf(ids)).containsExactly(10, 20);
      assertThat(StdArrays.array3dCopyOf(rows)).isDeepEqualTo(new float[][][] {{{5}, {6}}});
    }
  }

  @Test
  void inputsOfDifferentRowsAreRefused() {
    var inputs = List.<List<Tensor>>of(List.of(first.get(0), closed(TInt64.vectorOf(1, 2, 3))));
    assertThatThrownBy(() -> new RowChunks(inputs, 2, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 4], [3]");
  }

  @Test
  void groupsOfDifferentShapesAreRefused() {
    var chunk =
        new RowChunks(List.of(first, second), 4, Optional.empty()).chunks().get(0);
    assertThatThrownBy(() -> chunk.input(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[4] and [6]");
  }
}
