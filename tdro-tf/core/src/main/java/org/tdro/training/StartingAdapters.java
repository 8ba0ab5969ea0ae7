package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeSet;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.training.config.RunConfig;

/** The adapters that a run starts from, as {@code model.lora.adapter} names them. */
final class StartingAdapters {
  private StartingAdapters() {}

  /**
   * Checks that they are what the configuration describes.
   *
   * @throws ConfigException listing what differs
   * @throws org.tdro.io.InputException if they are no adapters that can be read
   */
  static void check(ResolvedConfig<RunConfig> resolved, Path folder) {
    var asked = resolved.config().model().lora().options();
    var stored = new AdapterFolder(folder).config().lora();
    var problems = new ArrayList<String>();
    if (asked.rank() != stored.rank()) {
      problems.add("%s: model.lora.rank is %d, but that of model.lora.adapter %s is %d"
          .formatted(resolved.origin("model.lora.rank"), asked.rank(), folder, stored.rank()));
    }
    if (asked.alpha() != stored.alpha()) {
      problems.add("%s: model.lora.alpha is %s, but that of model.lora.adapter %s is %s"
          .formatted(resolved.origin("model.lora.alpha"), asked.alpha(), folder, stored.alpha()));
    }
    var askedTargets = new TreeSet<>(asked.targetModules());
    var storedTargets = new TreeSet<>(stored.targetModules());
    if (!askedTargets.equals(storedTargets)) {
      problems.add("%s: model.lora.target-modules is %s, but that of model.lora.adapter %s is %s"
          .formatted(
              resolved.origin("model.lora.target-modules"), askedTargets, folder, storedTargets));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }
}
