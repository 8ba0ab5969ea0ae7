package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The command line as a process of its own, as users run it: to be killed, interrupted, or waited for. */
final class TdroProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long POLL_MILLIS = 5;

  /** A device that takes nothing. */
  static final Path FULL = Path.of("/dev/full");

  private final Process process;
  private final Path out;
  private final Path err;

  /** The end of a process. */
  record Ended(int exitCode, String out, String err) {
    /** Returns this end, after checking its exit code. */
    Ended with(int expected) {
      assertThat(exitCode).as("exit code; standard error was:%n%s", err).isEqualTo(expected);
      return this;
    }
  }

  private TdroProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts {@code tdro arguments} in {@code folder}. */
  static TdroProcess start(Path folder, List<String> arguments) throws IOException {
    return start(folder, Files.createTempFile("tdro-test", ".out"), arguments);
  }

  /** Starts {@code tdro arguments} in {@code folder}, with {@code out} as its standard output. */
  private static TdroProcess start(Path folder, Path out, List<String> arguments)
      throws IOException {
    var command = new ArrayList<>(ProcessJava.command());
    command.addAll(List.of("-Xmx512m", Main.class.getName()));
    command.addAll(arguments);
    var err = Files.createTempFile("tdro-test", ".err");
    return new TdroProcess(
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start(),
        out,
        err);
  }

  /** Runs {@code tdro arguments} in {@code folder} to its end. */
  static Ended run(Path folder, List<String> arguments) throws IOException, InterruptedException {
    try (var process = start(folder, arguments)) {
      return process.await();
    }
  }

  /** Runs {@code tdro arguments} to its end, with standard output on a disk that is full. */
  static Ended runOnFullDisk(List<String> arguments) throws IOException, InterruptedException {
    var process = start(Path.of("."), FULL, arguments);
    try {
      assertThat(process.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isTrue();
      return new Ended(process.process.exitValue(), "", Files.readString(process.err));
    } finally {
      process.process.destroyForcibly();
      Files.delete(process.err);
    }
  }

  /** Waits for its end. */
  Ended await() throws IOException, InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("ends")
        .isTrue();
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** Waits while it runs until {@code condition} holds. */
  void until(BooleanSupplier condition) throws IOException, InterruptedException {
    while (!condition.getAsBoolean()) {
      assertThat(process.isAlive())
          .as("still runs; standard error is:%n%s", Files.readString(err))
          .isTrue();
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Ends it as {@code kill -9} does. */
  Ended kill() throws IOException, InterruptedException {
    process.destroyForcibly();
    return await();
  }

  /** Ends it as Ctrl-C does. */
  Ended interrupt() throws IOException, InterruptedException {
    signal("INT");
    return await();
  }

  /** Ends it as {@code kill} does. */
  Ended terminate() throws IOException, InterruptedException {
    signal("TERM");
    return await();
  }

  /** Returns the processes that it started and that run. */
  List<ProcessHandle> children() {
    return process.toHandle().descendants().filter(ProcessHandle::isAlive).toList();
  }

  /** Sends it a signal. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Returns its standard output so far. */
  String out() {
    return read(out);
  }

  /** Returns its standard error so far. */
  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether Ctrl-C would reach it: background jobs of some shells ignore it, and so do the processes that they start. */
  boolean heedsInterrupts() throws IOException {
    var status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return true;
    }
    var ignored = Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .findFirst();
    return ignored.map(mask -> (mask & 2) == 0).orElse(true);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
  }
}
