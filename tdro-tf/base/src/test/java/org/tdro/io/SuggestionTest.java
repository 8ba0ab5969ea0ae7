package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "etta, eta, 1", "stpes, steps, 1", "abc, abc, 0", "'', ab, 2"})
  void countsEdits(String a, String b, int distance) {
    assertThat(Suggestion.distance(a, b)).isEqualTo(distance);
    assertThat(Suggestion.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void saysNothingWhereNothingIsNear() {
    assertThat(Suggestion.of("optimizer", List.of("steps", "ema"), "dro.")).isEmpty();
  }
}
