package org.tdro.keras;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A saved model: its checkpoint and where training stood. Written beside its place and renamed into it. */
final class ModelFolder {
  private ModelFolder() {}

  static void save(Model model, Path folder) {
    var target = folder.toAbsolutePath();
    var beside = target.resolveSibling("." + target.getFileName() + ".writing");
    try {
      delete(beside);
      try {
        Files.createDirectories(beside);
        model.checkpoint().save(beside);
        model.state().write(beside);
        replace(target, beside);
      } finally {
        delete(beside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write the model to " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void replace(Path target, Path by) throws IOException {
    if (!Files.exists(target)) {
      Files.move(by, target);
      return;
    }
    var old = target.resolveSibling("." + target.getFileName() + ".old");
    delete(old);
    Files.move(target, old);
    Files.move(by, target);
    delete(old);
  }

  static void load(Model model, Path folder) {
    if (!TrainingState.in(folder)) {
      throw new IllegalArgumentException(folder + " is no saved model");
    }
    model.checkpoint().restore(folder);
    model.state().read(folder);
  }

  /** Deletes a folder and all that is in it, if it exists. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
