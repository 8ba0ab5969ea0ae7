package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.Callback;

class ProgressBarTest {
  private static String output(int epochs, Function<PrintStream, List<Callback>> callbacks) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var model = Training.model()) {
      Training.fit(model, epochs, callbacks.apply(out).toArray(Callback[]::new));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String output(int epochs, ProgressBar.Mode mode) {
    return output(epochs, out -> List.of(new ProgressBar(out, mode).everySteps(3)));
  }

  @Test
  void linesShowStepLossRateAndTimeLeft() {
    assertThat(output(1, ProgressBar.Mode.LINES).lines().toList())
        .satisfiesExactly(
            line ->
                assertThat(line).matches("step 3/5: loss [0-9.]+, [0-9,]+ rows/s, ETA 0:00:0[0-9]"),
            line -> assertThat(line).matches("step 5/5: loss [0-9.]+, [0-9,]+ rows/s, ETA 0:00:00"),
            line -> assertThat(line)
                .matches(
                    "epoch 1/1: loss \\S+, accuracy \\S+, learning_rate 0.01000, val_loss \\S+, val_accuracy \\S+"));
  }

  @Test
  void linesNameTheEpochWhereThereAreSeveral() {
    assertThat(output(2, ProgressBar.Mode.LINES)).contains("epoch 2/2 step 3/5: loss");
  }

  @Test
  void aResumedRunGoesOnInItsEpoch(@TempDir Path folder) {
    Training.dieBefore(9, 2, new BackupAndRestore(folder, 7));
    var lines = output(
        2,
        out -> List.of(
            new BackupAndRestore(folder, 7),
            new ProgressBar(out, ProgressBar.Mode.LINES).everySteps(3)));
    assertThat(lines.lines().findFirst().orElseThrow()).startsWith("epoch 2/2 step 3/5");
  }

  @Test
  void theBarReachesTheEndOfTheEpoch() {
    assertThat(output(2, ProgressBar.Mode.BAR))
        .contains("\r")
        .contains("epoch 2/2 step 100%")
        .contains("5/5")
        .contains("rows/s");
  }

  @Test
  void withoutATerminalThereAreLines() {
    assertThat(output(1, ProgressBar.Mode.AUTO)).startsWith("step 3/5").doesNotContain("\r");
  }

  @Test
  void noneWritesNothing() {
    assertThat(output(1, ProgressBar.Mode.NONE)).isEmpty();
  }
}
