package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChecksTest {
  @Test
  void allProblemsAreToldAtOnceEachStartingWithItsName() {
    var checks = new Checks()
        .atLeast(1, "layers", 0)
        .positive("temperature", 0)
        .notNegative("minDelta", -1)
        .fraction("share", 1.5)
        .rate("dropout", 1)
        .that(false, "heads must divide hidden");

    assertThatThrownBy(checks::done)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("""
            layers must be at least 1, was 0
            temperature must be above 0, was 0.0
            minDelta must be at least 0, was -1.0
            share must be from 0 to 1, was 1.5
            dropout must be from 0 to below 1, was 1.0
            heads must divide hidden""");
  }

  @Test
  void boundsBelongToTheirRanges() {
    var checks = new Checks()
        .atLeast(1, "layers", 1)
        .notNegative("minDelta", 0)
        .fraction("share", 0)
        .fraction("share", 1)
        .rate("dropout", 0)
        .that(true, "heads must divide hidden");

    assertThatCode(checks::done).doesNotThrowAnyException();
  }

  @Test
  void whatIsNotANumberIsInNoRange() {
    var checks = new Checks()
        .positive("a", Double.NaN)
        .notNegative("b", Double.NaN)
        .fraction("c", Double.NaN)
        .rate("d", Double.NaN)
        .positive("e", Double.POSITIVE_INFINITY);

    assertThatThrownBy(checks::done).message().hasLineCount(5);
  }
}
