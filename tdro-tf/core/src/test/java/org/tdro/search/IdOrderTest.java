package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdOrderTest {
  @Test
  void isTheOrderOfUtf8Bytes() {
    // Around the surrogates, where chars and code points differ: U+D7FF, U+E000, U+FFFD, U+10000,
    // U+10FFFF.
    var ids = List.of(
        "",
        "10",
        "B",
        "a",
        "aa",
        "é",
        "\uD7FF",
        "\uE000",
        "\uFFFD",
        "\uD800\uDC00",
        "\uDBFF\uDFFF",
        "a\uFFFD",
        "a\uD800\uDC00",
        "\uD800\uDC00a",
        "\uD800\uDC01");
    for (var left : ids) {
      for (var right : ids) {
        int bytes = Arrays.compareUnsigned(
            left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(IdOrder.ASCENDING.compare(left, right)))
            .isEqualTo(Integer.signum(bytes));
      }
    }
  }
}
