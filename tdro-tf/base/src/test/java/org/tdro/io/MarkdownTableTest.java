package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {
  @Test
  void whatWouldEndACellIsEscaped() {
    var table = new MarkdownTable().left("domain").right("share", "loss").left("verdict");
    assertThat(table.isEmpty()).isTrue();
    table.row("a|b\nc", List.of("0.5", "1", "fine"));
    assertThat(table.toString()).isEqualTo("""
        | domain | share | loss | verdict |
        |---|--:|--:|---|
        | a\\|b c | 0.5 | 1 | fine |
        """);
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    var table = new MarkdownTable().left("domain");
    assertThatThrownBy(() -> table.row("a", List.of("1")))
        .hasMessage("a row of 2 cells for 1 columns");
  }
}
