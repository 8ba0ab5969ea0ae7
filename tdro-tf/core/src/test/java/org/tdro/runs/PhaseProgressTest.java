package org.tdro.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.tdro.keras.callbacks.ProgressBar;

class PhaseProgressTest {
  private static String output(ProgressBar.Mode mode, OptionalLong total) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var phase = new PhaseProgress(out, mode, "encoding", "texts", total)) {
      phase.add(1000);
      phase.add(500);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aShortPhaseLeavesOneLineWhereThereIsNoTerminal() {
    assertThat(output(ProgressBar.Mode.AUTO, OptionalLong.of(1500)))
        .matches("encoding: 1,500 texts in 0:00:00, [0-9,]+ texts/s\\R");
  }

  @Test
  void theBarReachesItsEnd() {
    assertThat(output(ProgressBar.Mode.BAR, OptionalLong.of(1500)))
        .contains("\r")
        .contains("encoding 100%")
        .contains("1500/1500")
        .contains("texts/s");
  }

  @Test
  void aPhaseOfUnknownLengthIsShown() {
    assertThat(output(ProgressBar.Mode.BAR, OptionalLong.empty())).contains("1500/?");
  }

  @Test
  void noneWritesNothing() {
    assertThat(output(ProgressBar.Mode.NONE, OptionalLong.of(1500))).isEmpty();
  }
}
