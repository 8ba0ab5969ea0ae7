package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes that are killed while they replace a folder, and readers in others. */
class KilledWriteTest {
  private static final int KILLED = 137;

  @TempDir
  Path parent;

  private Path folder() {
    return parent.resolve("model");
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        KilledWrite.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private String readInAnotherProcess() throws IOException, InterruptedException {
    var reader = start("read", folder().toString());
    var read = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(reader.waitFor()).isZero();
    return read;
  }

  /** Steps: nothing written, all written, complete beside the old one, the old one aside, in place. */
  @ParameterizedTest
  @CsvSource({"0, old", "1, old", "2, old", "3, new", "4, new"})
  void aReaderFindsTheOldOrTheNewFolderWhereverTheWriterWasKilled(int step, String expected)
      throws IOException, InterruptedException {
    AtomicWrite.folder(folder(), beside -> KilledWrite.write(beside, "old"));

    var writer = start("die", folder().toString(), "new", Integer.toString(step));

    assertThat(writer.waitFor()).isEqualTo(KILLED);
    assertThat(readInAnotherProcess()).isEqualTo(expected);
  }

  @Test
  void theNextWriterRemovesWhatKilledOnesLeft() throws IOException, InterruptedException {
    AtomicWrite.folder(folder(), beside -> KilledWrite.write(beside, "old"));
    for (int step = 0; step < 5; step++) {
      start("die", folder().toString(), "new", Integer.toString(step)).waitFor();
    }

    AtomicWrite.folder(folder(), beside -> KilledWrite.write(beside, "last"));

    assertThat(KilledWrite.read(folder())).isEqualTo("last");
    assertThat(parent.toFile().list()).containsExactly("model");
  }

  @Test
  void twoWritersThatAreKilledAtAnyTimeLeaveTheFolderOfOneOfThem()
      throws IOException, InterruptedException {
    AtomicWrite.folder(folder(), beside -> KilledWrite.write(beside, "first"));
    for (int round = 0; round < 3; round++) {
      var first = start("repeat", folder().toString(), "first");
      var second = start("repeat", folder().toString(), "second");
      TimeUnit.MILLISECONDS.sleep(900 + 150L * round);
      assertThat(first.destroyForcibly().waitFor()).isEqualTo(KILLED);
      assertThat(second.destroyForcibly().waitFor()).isEqualTo(KILLED);
      assertThat(readInAnotherProcess()).isIn("first", "second");
    }
  }

  @Test
  void manyThreadsThatWriteOneFolderLeaveOneOfTheirs() throws Exception {
    var threads = Executors.newFixedThreadPool(8);
    var writers = new ArrayList<Future<?>>();
    for (int number = 0; number < 160; number++) {
      var content = Integer.toString(number);
      writers.add(threads.submit(
          () -> AtomicWrite.folder(folder(), beside -> KilledWrite.write(beside, content))));
    }
    for (var writer : writers) {
      writer.get();
    }
    threads.shutdown();

    assertThat(KilledWrite.read(folder())).matches("\\d+");
    assertThat(parent.toFile().list()).containsExactly("model");
  }
}
