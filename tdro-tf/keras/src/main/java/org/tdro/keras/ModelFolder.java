package org.tdro.keras;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;

/** A saved model: its checkpoint and where training stood. */
final class ModelFolder {
  private ModelFolder() {}

  /** @throws IllegalArgumentException if the folder holds anything that this did not write */
  static void save(Model model, Path folder) {
    requireOwn(folder);
    AtomicWrite.folder(folder, beside -> {
      model.checkpoint().save(beside);
      model.state().write(beside);
    });
  }

  /** A save replaces the folder, so it must not hold anything else. */
  static void requireOwn(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + " is a file: name a folder for the model");
    }
    try (var entries = Files.list(folder)) {
      entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !TrainingState.isFile(name) && !Checkpoint.isFile(name))
          .sorted()
          .findFirst()
          .ifPresent(name -> {
            throw new IllegalArgumentException("the model is not saved into " + folder
                + ", which would be replaced and holds something else (" + name
                + "): name a new or empty folder, or one that a model was saved into");
          });
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  static void load(Model model, Path folder) {
    AtomicWrite.settle(folder);
    if (!TrainingState.in(folder)) {
      throw new IllegalArgumentException(folder + " is not a saved model");
    }
    model.checkpoint().restore(folder);
    model.state().read(folder);
  }
}
