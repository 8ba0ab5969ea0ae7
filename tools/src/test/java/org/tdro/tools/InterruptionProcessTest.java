package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answers of real processes to signals; {@link ResumeProcessTest} shows that a run which was stopped goes on. */
class InterruptionProcessTest {
  private static final int INTERRUPTED = 130;

  @TempDir
  static Path folder;

  @BeforeAll
  static void train() throws Exception {
    SmallRuns.writeData(folder);
    TdroProcess.run(folder, SmallRuns.train("reference", "run")).with(0);
  }

  /** Trains with steps that take much longer than this test waits. */
  private static TdroProcess longStep(String output) throws Exception {
    var process = TdroProcess.start(
        folder,
        SmallRuns.train(
            "reference", output, "model=mini", "train.batch-size=20000", "train.chunk-size=0"));
    process.until(() -> Files.exists(folder.resolve(output).resolve("run.json")));
    assumeTrue(process.heedsInterrupts(), "skipped: these tests run where Ctrl-C is ignored");
    return process;
  }

  @Test
  void aSecondSignalQuitsAtOnce() throws Exception {
    try (var process = longStep("slow")) {
      process.signal("INT");
      process.until(() -> process.err().contains("press Ctrl-C again to quit at once"));
      var ended = process.interrupt().with(INTERRUPTED);
      assertThat(ended.err()).doesNotContain("interrupted after step");
    }
    assertThat(folder.resolve("slow/model")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
  void aSignalToEncodingIsAcknowledgedAndLeavesNothing(String signal, int code) throws Exception {
    var name = "encode-" + signal;
    var pipe = folder.resolve(name);
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    var texts = Files.write(
        folder.resolve(name + ".jsonl"),
        IntStream.range(0, 20_000).mapToObj("{\"text\": \"w%d w7\"}"::formatted).toList());
    var output = name + ".arrow";
    // More is announced than comes.
    var writer = new ProcessBuilder(
            "sh", "-c", "exec > " + pipe + "; cat " + texts + "; exec sleep 60")
        .start();
    try (var process = TdroProcess.start(
        folder,
        List.of(
            "encode",
            "--model",
            "run",
            "--input",
            name,
            "--kind",
            "passage",
            "--output",
            output))) {
      process.until(() -> hasPartOf(output));
      assumeTrue(process.heedsInterrupts(), "skipped: these tests run where Ctrl-C is ignored");
      process.signal(signal);
      assertThat(process.await().with(code).err()).contains("stopping after this step or batch; ");
    } finally {
      writer.destroyForcibly();
    }
    assertThat(folder.resolve(output)).doesNotExist();
  }

  private static boolean hasPartOf(String output) {
    var files = folder.toFile().list((at, name) -> name.contains(output));
    return files != null && files.length > 0;
  }
}
