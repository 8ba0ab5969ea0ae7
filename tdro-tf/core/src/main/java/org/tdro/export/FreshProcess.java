package org.tdro.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tdro.io.AtomicWrite;

/** Runs {@link ExportCheck} in a process of its own. */
final class FreshProcess {
  private static final long MOST_MINUTES = 15;

  private FreshProcess() {}

  /** @throws IllegalStateException with the process's messages if it fails */
  static ExportCheck.Result check(ExportCheck.Request request) throws IOException {
    var folder = Files.createTempDirectory("tdro-export");
    try {
      var question = folder.resolve("request.json");
      var answer = folder.resolve("result.json");
      request.write(question);
      run(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
              "-Dorg.bytedeco.javacpp.maxbytes=0",
              "-cp",
              System.getProperty("java.class.path"),
              ExportCheck.class.getName(),
              question.toString(),
              answer.toString()),
          folder.resolve("messages"));
      return ExportCheck.Result.read(answer);
    } finally {
      AtomicWrite.delete(folder);
    }
  }

  private static void run(List<String> command, Path messages) throws IOException {
    var process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(messages.toFile())
        .start();
    try {
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException(
            "the process that checks the export did not end in " + MOST_MINUTES + " minutes");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            "the exported model could not be loaded:\n" + Files.readString(messages));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the export was checked", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
