package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void whatWouldSteerATerminalIsReplaced() {
    assertThat(Printable.of("a\u001b[31mred\u0007 \u202Etxt.exe\u2069\u0085"))
        .isEqualTo("a?[31mred? ?txt.exe??");
  }

  @Test
  void tabsLineEndsAndOtherScriptsStay() {
    var text = "query\t1:\r\n《詩》 עברית é";
    assertThat(Printable.of(text)).isEqualTo(text);
  }
}
