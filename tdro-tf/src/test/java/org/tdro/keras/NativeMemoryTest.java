package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.keras.optimizers.AdamW;

class NativeMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** A leaked tensor costs about 16 kB a step by the count of those of a step: 5,000 steps would show 80 MB and more. */
  @Test
  void residentMemoryDoesNotGrowWithTheSteps() throws IOException {
    assumeTrue(Files.exists(STATUS), "skipped: there is no " + STATUS);
    try (var model = new Classifier(1)) {
      model.compile(
          AdamW.builder(LearningRateSchedule.constant(1e-3)).build(),
          Loss.sparseCategoricalCrossentropy("labels"),
          Map.of());
      model.fit(new Spirals(20), FitOptions.steps(1000));
      long before = residentKilobytes();
      model.fit(new Spirals(20), FitOptions.steps(6000));
      long grown = residentKilobytes() - before;
      assertThat(grown).as("kB grown in 5,000 steps").isLessThan(40_000);
    }
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    var line = Files.readAllLines(STATUS).stream()
        .filter(each -> each.startsWith("VmRSS:"))
        .findFirst()
        .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
