package org.tdro.tools.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.retriever.index.DocumentIndex;
import org.tdro.rows.RowOutput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that allows a command to replace files, and the check of those that it would write. */
public final class Overwriting {
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
  public void check(String option, Path file) {
    if (!allowed && Files.isRegularFile(file)) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": " + file + " exists; name another file, or add --overwrite to replace it");
    }
  }

  /** Refuses to write the folder of an index if it exists, unless the option is given; one that holds anything else is never replaced. */
  public void checkIndex(String option, Path folder) {
    checkFolder(option, folder, DocumentIndex::isOne, "is not an index");
  }

  /**
   * Refuses to write a folder of rows if it exists, unless the option is given; a folder that no command wrote is never replaced.
   *
   * @param read what the rows are made of, which is not replaced either
   */
  public void checkRows(String option, Path folder, List<Path> read) {
    for (var place : read) {
      if (place.toAbsolutePath().normalize().startsWith(folder.toAbsolutePath().normalize())) {
        throw new ParameterException(
            spec.commandLine(),
            "%s: %s holds %s, which is read; name another folder".formatted(option, folder, place));
      }
    }
    checkFolder(option, folder, RowOutput::isOne, "was not written by a command on rows");
  }

  /**
   * Refuses to write the folder of a published model if it exists, unless the option is given; a folder that holds anything else is
   * never replaced.
   */
  public void checkModel(String option, Path folder) {
    checkFolder(option, folder, PublishedFolder::isOne, "is not the folder of a published model");
  }

  private void checkFolder(
      String option, Path folder, Predicate<Path> isReplaceable, String otherwise) {
    if (!Files.exists(folder) || isEmpty(folder)) {
      return;
    }
    if (!isReplaceable.test(folder)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: %s exists and %s, so it is not replaced; name another folder"
              .formatted(option, folder, otherwise));
    }
    if (!allowed) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: %s exists; name another folder, or add --overwrite to replace it"
              .formatted(option, folder));
    }
  }

  private static boolean isEmpty(Path folder) {
    var files = folder.toFile().list();
    return files != null && files.length == 0;
  }

  /** Whether the option is given. */
  public boolean isAllowed() {
    return allowed;
  }
}
