package org.tdro.models;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelativePositionsTest {

  /** The first and the last distance of a range, as 8·16^(k/8) bounds those from 8 on. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "7, 7, 7",
    "8, 11, 8",
    "12, 15, 9",
    "16, 22, 10",
    "23, 31, 11",
    "32, 45, 12",
    "46, 63, 13",
    "64, 90, 14",
    "91, 100000, 15"
  })
  void rangesOfFartherKeysAreWider(int nearest, int farthest, int range) {
    for (int distance : new int[] {nearest, farthest}) {
      assertThat(RelativePositions.range(distance)).isEqualTo(range);
      if (distance > 0) {
        assertThat(RelativePositions.range(-distance)).isEqualTo(16 + range);
      }
    }
  }
}
