package org.tdro.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import org.tdro.huggingface.PublishedFolder;
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

  /**
   * Refuses to write the folder of a published model if it exists, unless the option is given; a folder that holds anything else is
   * never replaced.
   */
  void checkModel(String option, Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!allowed) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: %s exists; name another folder, or add --overwrite to replace it"
              .formatted(option, folder));
    }
    if (!PublishedFolder.isOne(folder)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: %s exists and is not the folder of a published model, so it is not replaced; name another folder"
              .formatted(option, folder));
    }
  }
}
