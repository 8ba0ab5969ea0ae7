package org.tdro.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {
  @TempDir
  Path folder;

  private static final RunRecord STARTED = new RunRecord(
      RunRecord.Status.STARTED,
      "dro",
      42,
      Map.of("data", "ab12"),
      Map.of("java", "17"),
      "2026-01-02T03:04:05Z",
      null,
      null,
      null,
      Map.of("news", "cd34"));

  @Test
  void aStartedRunReadsBack() {
    var run = new RunFolder(folder);
    STARTED.write(run);
    assertThat(RunRecord.read(run)).contains(STARTED);
    assertThat(RunRecord.isComplete(folder)).isFalse();
  }

  @Test
  void aCompleteRunReadsBackWithItsTimeAndMemory() throws IOException {
    var run = new RunFolder(folder);
    var completed = STARTED.completed(1.5);
    completed.write(run);
    assertThat(RunRecord.read(run)).contains(completed);
    assertThat(RunRecord.hasEnded(folder)).isTrue();
    assertThat(RunRecord.isComplete(folder)).isFalse();
    Files.createDirectories(run.model());
    assertThat(RunRecord.isComplete(folder)).isTrue();
    assertThat(Files.readString(run.record()))
        .contains("\"seconds\" : 1.5", "\"peakMemoryMiB\" : ");
  }

  @Test
  void aRecordOfAnEarlyBuildReadsWithoutHashesOfDomains() throws IOException {
    Files.writeString(folder.resolve("run.json"), """
        {"status": "COMPLETE", "stage": "dro", "seed": 1, "inputs": {}, "versions": {}, "started": "2026-01-02T03:04:05Z",
         "seconds": 2.5}
        """);
    assertThat(RunRecord.read(new RunFolder(folder)).orElseThrow().domains()).isEmpty();
  }

  @Test
  void aFolderWithoutARecordHoldsNoRun() {
    assertThat(RunRecord.read(new RunFolder(folder))).isEmpty();
  }
}
