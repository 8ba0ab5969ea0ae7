package org.tdro.experiments.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.FileException;

/**
 * Starts jobs as processes of their own, with the Java, class path, flags and properties of this one. Each has its standard input from
 * here: it stops in an orderly way when it reads something, and at once when it reads the end, which the system sends however this
 * process ends.
 *
 * @param command the command up to the arguments of {@code tdro}
 */
public record JobLauncher(List<String> command) {
  private static final String JOB = "tdro.sweep.job";
  private static final int TERMINATED = 143;

  /** Properties and flags that are for one process. */
  private static final List<String> OWN =
      List.of("-Dtdro.stderr=", "-D" + JOB + "=", "-agentlib:jdwp", "-XX:ArchiveClassesAtExit=");

  public JobLauncher {
    command = List.copyOf(command);
  }

  /** Returns a launcher of a class whose {@code main} calls {@link #endWithParent}. */
  public static JobLauncher of(Class<?> main) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> OWN.stream().noneMatch(flag::startsWith))
        .forEach(command::add);
    command.add("-D" + JOB + "=true");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    return new JobLauncher(command);
  }

  /** Returns whether this process is a job that a launcher started. */
  static boolean isJob() {
    return Boolean.getBoolean(JOB);
  }

  /** Starts a job whose output is appended to {@code log}. */
  Process start(List<String> arguments, Path log, ProcessorShare share) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      var all = new ArrayList<>(share.prefix());
      all.addAll(command);
      all.addAll(arguments);
      var builder = new ProcessBuilder(all)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(share.environment());
      return builder.start();
    } catch (IOException e) {
      throw FileException.writing(log, e);
    }
  }

  /** Asks a job to save and end. */
  static void stop(Process process) {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It has ended.
      return;
    }
  }

  /** Ends this process when the one that started it says so or has ended, if a launcher started it. */
  public static void endWithParent(InputStream input) {
    if (!isJob()) {
      return;
    }
    var watch = new Thread(
        () -> {
          int read;
          try {
            read = input.read();
          } catch (IOException e) {
            read = -1;
          }
          if (read < 0) {
            Runtime.getRuntime().halt(TERMINATED);
          }
          System.exit(TERMINATED);
        },
        "end-with-parent");
    watch.setDaemon(true);
    watch.start();
  }
}
