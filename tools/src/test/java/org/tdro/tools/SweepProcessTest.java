package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps as users run them, with {@code kill -9} of the sweep and of its jobs: real processes. */
class SweepProcessTest {
  private static final int KILLED = 137;
  private static final int MOMENTS_MILLIS = 300;
  private static final long END_SECONDS = 20;

  @TempDir
  static Path folder;

  @BeforeAll
  static void write() throws IOException {
    SmallRuns.writeData(folder);
    var set = Files.createDirectories(folder.resolve("eval/set/qrels")).getParent();
    Files.write(
        set.resolve("corpus.jsonl"),
        IntStream.range(0, 20)
            .mapToObj("{\"_id\": \"%1$d\", \"title\": \"\", \"text\": \"w%1$d w7\"}"::formatted)
            .toList());
    Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"w3\"}\n");
    Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\t3\t1\n");
  }

  private static List<String> sweep(String output, String... further) {
    var arguments = new ArrayList<>(List.of("pipeline", "-m"));
    arguments.addAll(SmallRuns.train("reference", output).stream()
        .skip(1)
        .filter(argument -> !argument.startsWith("stage=") && !argument.contains("progress"))
        .toList());
    arguments.addAll(List.of(
        "eval.data=[eval]",
        "pipeline.weightings=[uniform,mean]",
        "train.steps=240",
        "train.save-every=15",
        "dro.step-size=0.01,0.02"));
    arguments.addAll(List.of(further));
    return arguments;
  }

  private static boolean hasBackup(String run) {
    var backups = folder.resolve(run).resolve("backup").toFile().list();
    return backups != null && backups.length > 0;
  }

  private static boolean anyHasBackup(String... runs) {
    return List.of(runs).stream().anyMatch(SweepProcessTest::hasBackup);
  }

  private static String reference(String sweep) {
    var references =
        folder.resolve(sweep).resolve("shared").toFile().list((at, name) -> !name.endsWith(".log"));
    return sweep + "/shared/"
        + (references == null || references.length == 0 ? "none" : references[0]);
  }

  private static void pause() throws InterruptedException {
    // Another moment every time: there is none at which it may matter.
    Thread.sleep(new SplittableRandom().nextInt(MOMENTS_MILLIS));
  }

  private static void signal(String name, List<ProcessHandle> processes) throws Exception {
    for (var process : processes) {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .start()
          .waitFor();
    }
  }

  private static void assertSame(String actual, String expected) {
    assertThat(folder.resolve(actual)).hasSameBinaryContentAs(folder.resolve(expected));
  }

  private static void assertSameWeights(String actual, String expected) {
    var weights = "/model/weights/variables.data-00000-of-00001";
    assertSame(actual + weights, expected + weights);
  }

  /** Returns the results of a pipeline without the times that its trainings took. */
  private static String results(String pipeline) throws IOException {
    return Files.readString(folder.resolve(pipeline).resolve("results.json"))
        .replaceAll("\"(search_)?seconds\" : [0-9.E-]+", "");
  }

  @Test
  void aKilledSweepGoesOnToTheBitsOfOneThatWasNot() throws Exception {
    // One job at a time here, two below: the bits do not depend on it.
    TdroProcess.run(folder, sweep("whole")).with(0);

    try (var process = TdroProcess.start(folder, sweep("killed", "sweep.jobs=2"))) {
      process.until(() -> hasBackup(reference("killed")));
      pause();
      var children = process.children();
      process.kill().with(KILLED);
      for (var child : children) {
        child.onExit().get(END_SECONDS, TimeUnit.SECONDS);
      }
    }
    try (var process = TdroProcess.start(folder, sweep("killed", "sweep.jobs=2"))) {
      process.until(() -> anyHasBackup("killed/0/dro", "killed/1/dro"));
      pause();
      // The jobs wait, so that this sweep is still there when the second one comes.
      var jobs = process.children();
      signal("STOP", jobs);
      var second = TdroProcess.run(folder, sweep("killed")).with(1);
      assertThat(second.err()).contains("another process is sweeping in killed; wait for its end");
      signal("KILL", jobs.subList(0, 1));
      signal("CONT", jobs.subList(1, jobs.size()));
      var ended = process.await().with(1);
      assertThat(ended.err()).contains("failed with exit code 137; the end of killed/");
      assertThat(ended.out()).contains("1 job complete, 1 failed; the sweep is in killed");
    }
    TdroProcess.run(folder, sweep("killed", "sweep.jobs=2")).with(0);

    assertSameWeights(reference("killed"), reference("whole"));
    for (var job : List.of("0", "1")) {
      for (var run : List.of("/dro", "/finetune-mean")) {
        assertSameWeights("killed/" + job + run, "whole/" + job + run);
      }
      assertThat(results("killed/" + job)).isEqualTo(results("whole/" + job));
    }
    var again = TdroProcess.run(folder, sweep("killed", "seed=42")).with(0);
    assertThat(again.err()).contains("2 of 2 jobs were complete already");
    assertThat(folder.resolve("killed/sweep.json")).content().contains("\"sampler\" : \"grid\"");
    assertThat(folder.resolve("killed/jobs.jsonl")).content().contains("\"status\":\"complete\"");
  }
}
