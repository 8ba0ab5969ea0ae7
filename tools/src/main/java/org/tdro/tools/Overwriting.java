package org.tdro.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that allows a command to replace files, and the check of those that it would write. */
final class Overwriting {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--overwrite",
      description = "Replace output files that exist, each once the new one is complete.")
  private boolean allowed;

  /**
   * Refuses to write {@code file} if it exists, unless the option is given; to be called before any work is done.
   *
   * @param option the one that names the file, for the message
   */
  void check(String option, Path file) {
    if (!allowed && Files.isRegularFile(file)) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": " + file + " exists; name another file, or add --overwrite to replace it");
    }
  }
}
