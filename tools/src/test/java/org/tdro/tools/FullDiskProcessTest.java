package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of one megabyte; where none may be mounted these tests are skipped. */
class FullDiskProcessTest {
  private static final int FAILED = 1;

  /** A backup of the model takes more than is left, the settings of the run do not. */
  private static final int LEFT = 60_000;

  @TempDir
  Path folder;

  private Path disk;

  @BeforeEach
  void mountASmallDisk() throws Exception {
    disk = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(
        succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
        "skipped: no file system may be mounted here");
  }

  @AfterEach
  void unmount() throws Exception {
    succeeds("umount", disk.toString());
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void leave(int bytes) throws IOException {
    var space = Files.getFileStore(disk).getUsableSpace();
    Files.write(disk.resolve("filler"), new byte[(int) space - bytes]);
  }

  @Test
  void aRunThatFoundItFullGoesOnWhenThereIsRoom() throws Exception {
    SmallRuns.writeData(folder);
    var arguments = SmallRuns.train("reference", "disk/run", "train.save-every=4");
    leave(LEFT);
    assertThat(TdroProcess.run(folder, arguments).with(FAILED).err())
        .contains("cannot write")
        .contains("disk/run")
        .contains("No space left on device");
    assertThat(folder.resolve("disk/run/model")).doesNotExist();
    try (var left = Files.walk(disk)) {
      assertThat(left.map(Path::toString)).noneMatch(name -> name.endsWith(".writing"));
    }
    Files.delete(disk.resolve("filler"));
    TdroProcess.run(folder, arguments).with(0);
    TdroProcess.run(folder, SmallRuns.train("reference", "elsewhere", "train.save-every=4"))
        .with(0);
    var weights = "model/weights/variables.data-00000-of-00001";
    assertThat(disk.resolve("run").resolve(weights))
        .hasSameBinaryContentAs(folder.resolve("elsewhere").resolve(weights));
  }

  @Test
  void embeddingsThatDoNotFitLeaveNothing() throws Exception {
    SmallRuns.writeData(folder);
    TdroProcess.run(folder, SmallRuns.train("reference", "run")).with(0);
    Files.write(folder.resolve("texts.jsonl"), Collections.nCopies(4000, "{\"text\": \"w1\"}"));
    var arguments = List.of(
        "encode",
        "--model",
        "run",
        "--input",
        "texts.jsonl",
        "--kind",
        "query",
        "--output",
        "disk/o.jsonl");
    assertThat(TdroProcess.run(folder, arguments).with(FAILED).err())
        .contains("cannot write disk/o.jsonl: No space left on device");
    assertThat(disk).isEmptyDirectory();
  }
}
