package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Sequences of 2 and 4 tokens in one matrix, of 5 and 2 in another. */
class SequenceChunksTest {
  private static final SequenceMatrix FIRST = new SequenceMatrix(
      new int[] {1, 2, 0, 0, 3, 4, 5, 6}, new int[] {1, 1, 0, 0, 1, 1, 1, 1}, 4, new int[] {2, 4});
  private static final SequenceMatrix SECOND = new SequenceMatrix(
      new int[] {7, 8, 9, 1, 2, 0, 3, 4, 0, 0, 0, 0},
      new int[] {1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0},
      6,
      new int[] {5, 2});

  private static SequenceChunks chunks(int size, int multiple) {
    return new SequenceChunks(List.of(FIRST, SECOND), new Chunking(size, multiple));
  }

  private static int[][] values(TInt32 tensor) {
    try (tensor) {
      return StdArrays.array2dCopyOf(tensor);
    }
  }

  @Test
  void theLongestAreTogether() {
    var chunks = chunks(2, 1).chunks();
    assertThat(chunks).hasSize(2);
    assertThat(values(chunks.get(0).ids()))
        .isDeepEqualTo(new int[][] {{7, 8, 9, 1, 2}, {3, 4, 5, 6, 0}});
    assertThat(values(chunks.get(0).mask()))
        .isDeepEqualTo(new int[][] {{1, 1, 1, 1, 1}, {1, 1, 1, 1, 0}});
    assertThat(values(chunks.get(1).ids())).isDeepEqualTo(new int[][] {{1, 2}, {3, 4}});
  }

  @Test
  void theLastChunkHoldsWhatIsLeft() {
    var chunks = chunks(3, 1).chunks();
    assertThat(values(chunks.get(1).ids())).isDeepEqualTo(new int[][] {{3, 4}});
  }

  @Test
  void lengthsAreRoundedUpButNotBeyondTheirMatrix() {
    var chunks = chunks(1, 4).chunks();
    assertThat(values(chunks.get(0).ids())).isDeepEqualTo(new int[][] {{7, 8, 9, 1, 2, 0}});
    assertThat(values(chunks.get(2).ids())).isDeepEqualTo(new int[][] {{1, 2, 0, 0}});
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
}
