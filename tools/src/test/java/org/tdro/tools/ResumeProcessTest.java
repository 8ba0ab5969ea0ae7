package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupted in whatever way, a run gives the bits of one that was not: with real processes. */
class ResumeProcessTest {
  /** The exit code that a shell reports for a signal: 128 plus its number. */
  private static final int KILLED = 137;

  private static final int INTERRUPTED = 130;
  private static final int MOMENTS_MILLIS = 300;

  @TempDir
  static Path folder;

  @BeforeAll
  static void trainAReference() throws Exception {
    SmallRuns.writeData(folder);
    Files.writeString(folder.resolve("weights.json"), """
        {"domain_ids": {"alpha": 0, "beta": 1, "gamma": 2}, "domain_weights": {"alpha": 0.5, "beta": 0.2, "gamma": 0.3},
         "size": {"alpha": 60, "beta": 60, "gamma": 60}, "epoch": {"alpha": 1.5, "beta": 0.6, "gamma": 0.9}}
        """);
    run("reference", "reference").with(0);
  }

  private static List<String> arguments(String stage, String output) {
    var inputs = switch (stage) {
      case "dro" -> List.of("dro.reference=reference");
      // Blocks end between backups and on them.
      case "online" -> List.of("dro=doremi", "dro.online-every=6", "dro.reference=reference");
      case "finetune" -> List.of("data.weights=weights.json");
      default -> List.<String>of();
    };
    var further = new ArrayList<>(List.of("train.steps=360", "train.save-every=15"));
    further.addAll(inputs);
    return SmallRuns.train(
        stage.equals("online") ? "dro" : stage, output, further.toArray(String[]::new));
  }

  private static TdroProcess.Ended run(String stage, String output) throws Exception {
    return TdroProcess.run(folder, arguments(stage, output));
  }

  private static boolean hasBackup(String output) {
    var backups = folder.resolve(output).resolve("backup").toFile().list();
    return backups != null && Stream.of(backups).anyMatch(name -> name.startsWith("backup-"));
  }

  private static void assertSameWeights(String stage, String output, String whole)
      throws IOException {
    var actual = folder.resolve(output);
    var expected = folder.resolve(whole);
    var weights = "model/weights/variables.data-00000-of-00001";
    assertThat(actual.resolve(weights)).hasSameBinaryContentAs(expected.resolve(weights));
    if (stage.equals("dro") || stage.equals("online")) {
      assertThat(actual.resolve("trajectory.csv"))
          .hasSameTextualContentAs(expected.resolve("trajectory.csv"));
      try (var files = Files.list(expected.resolve("weights"))) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(file -> assertThat(actual.resolve("weights").resolve(file.getFileName()))
                .hasSameTextualContentAs(file));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "dro", "online", "finetune"})
  void aKilledRunGoesOnToTheSameWeights(String stage) throws Exception {
    // Another moment every time: there is none at which it may matter.
    int moment = new SplittableRandom().nextInt(MOMENTS_MILLIS);
    var killed = stage + "-killed";
    try (var process = TdroProcess.start(folder, arguments(stage, killed))) {
      process.until(() -> hasBackup(killed));
      Thread.sleep(moment);
      process.kill().with(KILLED);
    }
    run(stage, killed).with(0);
    var whole = stage.equals("reference") ? "reference" : stage + "-whole";
    if (!stage.equals("reference")) {
      run(stage, whole).with(0);
    }
    assertSameWeights(stage, killed, whole);
  }

  @Test
  void anInterruptedRunSavesSaysHowToGoOnAndGoesOn() throws Exception {
    var withBar = new ArrayList<>(arguments("reference", "interrupted"));
    withBar.add("train.progress=bar");
    try (var process = TdroProcess.start(folder, withBar)) {
      process.until(() -> hasBackup("interrupted"));
      assumeTrue(process.heedsInterrupts(), "skipped: these tests run where Ctrl-C is ignored");
      var ended = process.interrupt().with(INTERRUPTED);
      assertThat(ended.err())
          .contains("stopping after this step or batch; press Ctrl-C again to quit at once")
          .containsPattern(
              "interrupted after step \\d+ of 360 and saved; run the same command again to continue");
      assertThat(ended.out()).isEmpty();
    }
    assertThat(folder.resolve("interrupted/model")).doesNotExist();
    var resumed = run("reference", "interrupted").with(0);
    assertThat(resumed.err()).containsPattern("going on from step \\d+ of 360");
    assertThat(resumed.out()).contains("trained; the run is in interrupted");
    assertSameWeights("reference", "interrupted", "reference");
    assertThat(run("reference", "interrupted").with(0).out())
        .contains("interrupted is complete already; nothing to do");
  }
}
