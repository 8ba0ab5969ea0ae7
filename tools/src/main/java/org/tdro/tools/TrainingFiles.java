package org.tdro.tools;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which rows to read, and how fast. */
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
