package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments of commands that read training rows: the files, and the number of threads. */
final class TrainingFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingFiles.class);

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

  /**
   * Returns the rows, by domain.
   *
   * @param progress is told how many were read
   */
  DomainRows domains(LongConsumer progress) {
    return DomainRows.of(places, rows(), LOG::warn, threads, progress);
  }

  int threads() {
    return threads;
  }
}
