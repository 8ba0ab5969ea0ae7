package org.tdro.tools;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments of commands that read training rows: the files, and the number of threads. */
final class TrainingFiles {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Files of rows, or folders of them.")
  private List<Path> places;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that read them (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  List<Path> places() {
    return places;
  }

  int threads() {
    return threads;
  }
}
