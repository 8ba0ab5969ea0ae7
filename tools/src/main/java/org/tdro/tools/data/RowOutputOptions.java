package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.tdro.runs.PhaseProgress;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that make a folder of rows of other rows: the folder, whether it is replaced, and how the counts are shown. */
final class RowOutputOptions {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write.")
  private Path folder;

  @Mixin
  private Overwriting overwriting;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Mixin
  private ProgressOptions progress;

  /** Refuses a folder that must not be written, before any work is done. */
  void check(TrainingFiles files) {
    overwriting.checkRows("--output", folder, files.places());
  }

  Path folder() {
    return folder;
  }

  boolean json() {
    return json;
  }

  /** Begins a phase that counts rows. */
  PhaseProgress rows(String phase) {
    return progress.phase(phase, "rows", OptionalLong.empty());
  }
}
