package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: {@link KilledTraining} is killed with SIGKILL and run again. */
class KilledTrainingTest {
  private static final int SIGKILL = 128 + 9;

  @TempDir
  Path folder;

  /** Kills at a step by chance, a different one each time: whichever it is, the end must be the same. */
  @Test
  void aRunThatIsKilledTwiceEndsWithTheSameBits() throws Exception {
    run("whole", Long.MAX_VALUE);
    long first = ThreadLocalRandom.current().nextLong(1, KilledTraining.STEPS / 2);
    long second = ThreadLocalRandom.current().nextLong(first + 1, KilledTraining.STEPS - 5);
    assertThat(run("killed", first)).as("killed at step " + first).isEqualTo(SIGKILL);
    assertThat(run("killed", second)).as("killed at step " + second).isEqualTo(SIGKILL);
    assertThat(folder.resolve("killed").resolve("weights.txt")).doesNotExist();
    run("killed", Long.MAX_VALUE);

    assertThat(lines("killed", "weights.txt"))
        .as("killed at steps " + first + " and " + second)
        .isEqualTo(lines("whole", "weights.txt"));
    assertThat(firstTwoColumns("killed")).isEqualTo(firstTwoColumns("whole"));
  }

  /** Runs the training in {@code folder/name} and kills it once it has told of {@code step}; returns its exit status. */
  private int run(String name, long step) throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<>(List.of(java, "-Xmx256m"));
    command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KilledTraining.class.getName(), folder.resolve(name).toString()));
    var process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      awaitStep(output, step);
      if (step < Long.MAX_VALUE) {
        process.destroyForcibly();
      }
    } finally {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    }
    return process.exitValue();
  }

  private static void awaitStep(BufferedReader output, long step) throws IOException {
    var wanted = "step " + step;
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals(wanted)) {
        return;
      }
    }
  }

  private List<String> lines(String run, String file) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve(file));
  }

  /** Step and loss of each row of the log; the columns of seconds differ from run to run. */
  private List<String> firstTwoColumns(String run) throws IOException {
    return lines(run, "log.csv").stream()
        .map(line -> line.split(",", -1))
        .map(cells -> cells[0] + "," + cells[1])
        .toList();
  }
}
