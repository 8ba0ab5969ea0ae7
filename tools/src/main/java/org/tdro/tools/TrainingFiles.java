package org.tdro.tools;

import java.nio.file.Path;
import java.util.List;
import org.tdro.rows.RowOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments of commands that read training rows: the files, and the number of threads. */
final class TrainingFiles {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Files of rows, folders that are a domain, or folders of both; see tdro data convert --help.")
  private List<Path> places;

  @Mixin
  private RowFormatOptions rows;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that read them (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  List<Path> places() {
    return places;
  }

  /** How the rows are read. */
  RowOptions rows() {
    return rows.options();
  }

  int threads() {
    return threads;
  }
}
