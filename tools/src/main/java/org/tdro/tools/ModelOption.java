package org.tdro.tools;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which trained model a command uses. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "RUN",
      description = "Folder of a run that is complete, or of its model.")
  private Path folder;

  Path folder() {
    return folder;
  }
}
