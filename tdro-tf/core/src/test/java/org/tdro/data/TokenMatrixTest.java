package org.tdro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TokenMatrixTest {
  private static final int[][] ROWS = {{5, 6, 1}, {7, 1}, {2, 3, 4, 5, 1}};

  @Test
  void padsOnTheRightToTheBucket() {
    var matrix = TokenMatrix.pad(ROWS, 9, 4, 100);
    assertThat(matrix.length()).isEqualTo(8);
    assertThat(matrix.lengths()).containsExactly(3, 2, 5);
    assertThat(matrix.ids())
        .containsExactly(5, 6, 1, 9, 9, 9, 9, 9, 7, 1, 9, 9, 9, 9, 9, 9, 2, 3, 4, 5, 1, 9, 9, 9);
  }

  @Test
  void theMaximumBoundsTheBucket() {
    assertThat(TokenMatrix.pad(ROWS, 0, 4, 6).length()).isEqualTo(6);
  }

  @Test
  void cuttingKeepsTheEndToken() {
    var matrix = TokenMatrix.pad(ROWS, 0, 1, 3);
    assertThat(matrix.lengths()).containsExactly(3, 2, 3);
    assertThat(matrix.ids()).containsExactly(5, 6, 1, 7, 1, 0, 2, 3, 1);
  }

  @Test
  void sizesMustFit() {
    assertThatThrownBy(() -> new TokenMatrix(2, 3, new int[5], new int[2]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
