package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessesTest {
  @Test
  void returnsWhatAProgramPrints() {
    assertThat(Processes.output("sh", "-c", "printf héllo; printf lost >&2")).contains("héllo");
  }

  @Test
  void aProgramThatFailsOrIsMissingReturnsNothing() {
    assertThat(Processes.output("sh", "-c", "printf half; exit 3")).isEmpty();
    assertThat(Processes.output("no-such-program")).isEmpty();
  }
}
