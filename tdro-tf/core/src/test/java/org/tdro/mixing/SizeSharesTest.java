package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeSharesTest {
  private static double[] shares(String text, long... rows) {
    var values = SizeShares.parse(text).orElseThrow().of(rows);
    double sum = Arrays.stream(values).sum();
    return Arrays.stream(values).map(value -> value / sum).toArray();
  }

  /** Of 10,000, 100 and no rows. */
  @ParameterizedTest
  @CsvSource({
    "uniform, 1, 1",
    "proportional, 100, 1",
    "sqrt, 10, 1",
    "temperature(1), 100, 1",
    "temperature(2), 10, 1",
    "' temperature( 4 ) ', 3.16227766, 1",
    "temperature(0.5), 10000, 1",
    "temperature(1e-3), 1, 0",
    "cap(200), 2, 1",
    "cap(50), 1, 1",
    "cap(20000), 100, 1"
  })
  void twoDomainsAreSharedAs(String text, double large, double small) {
    assertThat(shares(text, 10_000, 100, 0))
        .containsExactly(
            new double[] {large / (large + small), small / (large + small), 0}, within(1e-9));
  }

  @Test
  void temperaturesLeadFromProportionalToUniform() {
    assertThat(shares("temperature(1)", 7, 3)).isEqualTo(shares("proportional", 7, 3));
    assertThat(shares("temperature(1e9)", 7, 3))
        .containsExactly(new double[] {.5, .5}, within(1e-8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights.json", "Uniform", "sqrt(2)", "temperature", "cap()x", ""})
  void otherTextIsNoneOfTheForms(String text) {
    assertThat(SizeShares.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "temperature()",
        "temperature(0)",
        "temperature(-1)",
        "temperature(NaN)",
        "temperature(x)",
        "temperature(1e999)",
        "cap()",
        "cap(0)",
        "cap(1.5)",
        "cap(-3)",
        "cap(many)"
      })
  void anArgumentThatDoesNotFitIsRefused(String text) {
    assertThatThrownBy(() -> SizeShares.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"uniform", "proportional", "sqrt", "temperature(3)", "cap(5)", "cap(x)"})
  void theExpressionMatchesWhatIsParsed(String text) {
    assertThat(text).matches(SizeShares.FORMS);
  }
}
