package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tdro.config.ResolvedConfig;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;

/**
 * What a run was made from: its configuration, the content of its inputs, and the runs that it took weights or a reference from. Two runs
 * differ in the seed alone if there is no other difference, also between those earlier runs.
 */
public final class RunSetting {
  private static final String SEED = "seed";

  private final RunFolder run;
  private final ResolvedConfig<RunConfig> config;
  private final RunRecord record;

  private RunSetting(RunFolder run, ResolvedConfig<RunConfig> config, RunRecord record) {
    this.run = run;
    this.config = config;
    this.record = record;
  }

  /** Returns the setting of the run in a folder; empty if it has no configuration or record. */
  public static Optional<RunSetting> of(RunFolder run) {
    return Files.exists(run.config())
        ? RunRecord.read(run)
            .map(record ->
                new RunSetting(run, ResolvedConfig.read(RunConfig.SCHEMA, run.config()), record))
        : Optional.empty();
  }

  /** Returns the seed. */
  public long seed() {
    return config.config().seed();
  }

  /**
   * Returns the keys in which another run differs, with their values here; none if it differs in the seed alone, or not at all. Names
   * of files do not count, only their contents; what another run wrote counts by the setting of that run, whatever its content.
   */
  public Map<String, String> differences(RunSetting other) {
    var differences = new LinkedHashMap<String, String>();
    config.differences(other.config).forEach(difference -> {
      if (!difference.key().equals(SEED) && !StageInputs.BY_KEY.containsKey(difference.key())) {
        differences.put(difference.key(), difference.here());
      }
    });
    StageInputs.BY_KEY.forEach((key, input) -> {
      var here = record.inputs().get(input);
      var there = other.record.inputs().get(input);
      var from = here == null ? Optional.<Origin>empty() : origin(key);
      var theirs = there == null ? Optional.<Origin>empty() : other.origin(key);
      if (from.isPresent()
          && theirs.isPresent()
          && from.get().part().equals(theirs.get().part())) {
        differences.putAll(from.get().setting().differences(theirs.get().setting()));
      } else if (!Objects.equals(here, there)
          || (here == null
              && !input.equals(StageInputs.REFERENCE)
              && !named(key).equals(other.named(key)))) {
        differences.put(key, named(key).map(Path::toString).orElse(""));
      }
    });
    return differences;
  }

  /** A run that this one was made from, and the file or folder in it. */
  private record Origin(RunSetting setting, Path part) {}

  /** Returns the run that wrote what a key names, if it is where it was, seen from this run. */
  private Optional<Origin> origin(String key) {
    var named = named(key);
    var output = config.config().output();
    if (named.isEmpty() || named.get().isAbsolute() != output.isAbsolute()) {
      return Optional.empty();
    }
    var path = run.path()
        .toAbsolutePath()
        .resolve(output.normalize().relativize(named.get().normalize()))
        .normalize();
    for (var folder = path; folder != null; folder = folder.getParent()) {
      var setting = of(new RunFolder(folder));
      if (setting.isPresent()) {
        return Optional.of(new Origin(setting.get(), folder.relativize(path)));
      }
    }
    return Optional.empty();
  }

  /** Returns the file or folder that a key names, if another run may have written it. */
  private Optional<Path> named(String key) {
    return switch (key) {
      case "data.weights" -> Optional.of(Path.of(config.config().data().weights()));
      case "dro.initial-weights" -> Optional.of(Path.of(config.config().dro().initialWeights()));
      case "dro.reference" -> config.config().dro().reference();
      default -> Optional.empty();
    };
  }
}
