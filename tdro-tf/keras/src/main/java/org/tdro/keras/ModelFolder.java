package org.tdro.keras;

import java.nio.file.Path;
import org.tdro.io.AtomicWrite;

/** A saved model: its checkpoint and where training stood. */
final class ModelFolder {
  private ModelFolder() {}

  static void save(Model model, Path folder) {
    AtomicWrite.folder(folder, beside -> {
      model.checkpoint().save(beside);
      model.state().write(beside);
    });
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
