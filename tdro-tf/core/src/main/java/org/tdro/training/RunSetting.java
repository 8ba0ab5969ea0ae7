package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;

/**
 * What a run was made from: its configuration, the content of its inputs, and the runs that it took weights or a reference from. Two runs
 * differ in the seed alone if there is no other difference, also between those earlier runs.
 */
public final class RunSetting {
  private static final String SEED = "seed";
  private static final String OUTPUT = "output";
  private static final Map<String, String> INPUT_KEYS = RunConfig.SCHEMA.inputs();
  private static final Map<String, String> KEYS = StageInputs.BY_KEY.entrySet().stream()
      .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  private static final String FILE = "setting.json";

  private final long seed;
  private final Map<String, String> own;
  private final Map<String, Input> inputs;
  private String hash;

  /**
   * A run that another was made from.
   *
   * @param part the file or folder in it that was taken; empty for the run itself
   */
  public record Origin(RunSetting run, Path part) {}

  /**
   * The content of an input: what another run wrote counts by the setting of that run, because it differs with the seed.
   *
   * @param named the file or folder as the configuration names it
   */
  private record Input(String named, String fingerprint, Optional<Origin> origin) {
    String identity() {
      return origin.map(from -> from.run().hash() + " " + from.part()).orElse(fingerprint);
    }

    boolean isSamePartOfRun(Input other) {
      return origin.isPresent()
          && other.origin.isPresent()
          && origin.get().part().equals(other.origin.get().part());
    }
  }

  /**
   * The setting of a run that was read.
   *
   * @param own the values of {@link #own}, or anything else that is equal if and only if they are
   * @param fingerprints those of its record, by the name of the input
   * @param text returns the value of a key, empty if it has none
   * @param origins returns the run that wrote what a key names, if that is known
   */
  public RunSetting(
      long seed,
      Map<String, String> own,
      Map<String, String> fingerprints,
      Function<String, String> text,
      Function<String, Optional<Origin>> origins) {
    this.seed = seed;
    this.own = new LinkedHashMap<>(own);
    inputs = new TreeMap<>();
    fingerprints.forEach((name, fingerprint) -> {
      if (!name.equals(RunRecord.CONFIGURATION)) {
        var key = KEYS.getOrDefault(name, name);
        var origin = StageInputs.MADE_BY_RUNS.containsKey(key)
            ? origins.apply(key)
            : Optional.<Origin>empty();
        inputs.put(key, new Input(text.apply(key), fingerprint, origin));
      }
    });
  }

  /**
   * What a mixture that is no run's follows from, as {@code setting.json} in its folder holds it.
   *
   * @param own values of settings, by key
   * @param inputs fingerprints by name
   * @param runs by the name of an input, the folder of the run that made it, from the folder of the file
   */
  private record Stored(
      long seed, Map<String, String> own, Map<String, String> inputs, Map<String, String> runs) {
    RunSetting setting(Path folder, Set<Path> made) {
      var setting = new RunSetting(seed, own, Map.of(), key -> "", key -> Optional.empty());
      inputs.forEach((name, fingerprint) -> {
        var run = Optional.ofNullable(runs.get(name));
        setting.inputs.put(
            name,
            new Input(
                run.orElse(name),
                fingerprint,
                run.flatMap(path -> origin(folder.resolve(path).normalize(), made))));
      });
      return setting;
    }
  }

  /**
   * Notes what the mixture in a folder follows from, so that fine-tunings with it are told apart or taken together by that.
   *
   * @param own values of settings, by key, without the seed
   * @param inputs fingerprints by name
   * @param runs by the name of an input, the run that made it
   */
  static void write(
      Path folder,
      long seed,
      Map<String, String> own,
      Map<String, String> inputs,
      Map<String, Path> runs) {
    var relative = new TreeMap<String, String>();
    runs.forEach((name, run) ->
        relative.put(name, absolute(folder).relativize(absolute(run)).toString()));
    Json.write(
        folder.resolve(FILE),
        new Stored(seed, new TreeMap<>(own), new TreeMap<>(inputs), relative));
  }

  /** Returns what made a weights file that no run wrote, such as that of an audit, if its folder says so. */
  public static Optional<Origin> ofMixture(Path file) {
    return ofMixture(absolute(file), Set.of());
  }

  private static Optional<Origin> ofMixture(Path file, Set<Path> made) {
    var folder = file.getParent();
    // The runs of an audit lie in its folder, too.
    return folder != null && !Files.isDirectory(file) && Files.isRegularFile(folder.resolve(FILE))
        ? Optional.of(new Origin(stored(folder, made), file.getFileName()))
        : Optional.empty();
  }

  private static RunSetting stored(Path folder, Set<Path> made) {
    return Json.read(folder.resolve(FILE), Stored.class).setting(absolute(folder), made);
  }

  /** Returns the setting of the run in a folder; empty if it has no configuration or record. */
  public static Optional<RunSetting> of(RunFolder run) {
    return of(run, Set.of());
  }

  /**
   * Reads the setting of a run.
   *
   * @param made the runs that were made from it, which cannot be its origins
   */
  private static Optional<RunSetting> of(RunFolder run, Set<Path> made) {
    if (Files.isRegularFile(run.path().resolve(FILE))) {
      return Optional.of(stored(run.path(), made));
    }
    if (!Files.isRegularFile(run.config())) {
      return Optional.empty();
    }
    return RunRecord.read(run).map(record -> {
      var values = ResolvedConfig.values(run.config());
      var config = ResolvedConfig.read(RunConfig.SCHEMA, run.config());
      var folder = absolute(run.path());
      var excluded = new HashSet<>(made);
      excluded.add(folder);
      return new RunSetting(
          config.config().seed(),
          own(config),
          record.inputs(),
          key -> values.getOrDefault(key, ""),
          key -> located(folder, values.getOrDefault(OUTPUT, ""), values.getOrDefault(key, ""))
              .flatMap(path -> origin(path, excluded)));
    });
  }

  /** Returns the nearest run above a file or folder. */
  private static Optional<Origin> origin(Path path, Set<Path> excluded) {
    var mixture = ofMixture(path, excluded);
    if (mixture.isPresent()) {
      return mixture;
    }
    for (var folder = path; folder != null; folder = folder.getParent()) {
      var run = new RunFolder(folder);
      if (Files.isRegularFile(run.record())) {
        var part = folder.relativize(path);
        try {
          return excluded.contains(folder)
              ? Optional.empty()
              : of(run, excluded).map(setting -> new Origin(setting, part));
        } catch (InputException e) {
          // Of another build: its setting is not known, only the content of what it wrote.
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the values of a configuration that decide the result of its run, without the seed. Names of files and folders are left out:
   * they are told apart by their content, which is among the inputs.
   */
  public static Map<String, String> own(ResolvedConfig<RunConfig> config) {
    var own = new LinkedHashMap<>(config.decisiveValues());
    own.remove(SEED);
    INPUT_KEYS.forEach((key, words) -> {
      var value = own.remove(key);
      if (value != null && value.matches("\"(" + words + ")\"")) {
        own.put(key, value.substring(1, value.length() - 1));
      }
    });
    return own;
  }

  /**
   * Returns where a file or folder that a run's configuration names is now, even if all runs were moved together. A relative path counts
   * from the folder in which the run was started, which follows from where its output is now.
   *
   * @param folder the folder of the run
   * @param output its output as the configuration names it
   * @param text what the configuration names
   */
  public static Optional<Path> located(Path folder, String output, String text) {
    try {
      var path = Path.of(text);
      var now = absolute(folder).getParent();
      var then = Path.of(output).normalize().getParent();
      while (then != null
          && now != null
          && then.getFileName() != null
          && then.getFileName().equals(now.getFileName())) {
        then = then.getParent();
        now = now.getParent();
      }
      if (now == null) {
        return Optional.of(absolute(path));
      }
      if (then == null) {
        return Optional.of(now.resolve(path).normalize());
      }
      return Optional.of(
          path.startsWith(then) ? now.resolve(then.relativize(path)).normalize() : absolute(path));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /** Returns the seed. */
  public long seed() {
    return seed;
  }

  /** Returns a hash that two runs share if and only if they differ in the seed alone, as far as the same of their origins is known. */
  public String hash() {
    if (hash == null) {
      var parts = new TreeMap<>(own);
      inputs.forEach((key, input) -> parts.put("content of " + key, input.identity()));
      hash = Sha256.of(parts.toString());
    }
    return hash;
  }

  /**
   * Returns the keys in which another run differs, with their values here; none if it differs in the seed alone, or not at all. Names
   * of files do not count, only their contents; what another run wrote counts by the setting of that run, whatever its content.
   */
  public Map<String, String> differences(RunSetting other) {
    var differences = new LinkedHashMap<String, String>();
    for (var key : union(own.keySet(), other.own.keySet())) {
      if (!Objects.equals(own.get(key), other.own.get(key))) {
        differences.put(key, own.getOrDefault(key, ""));
      }
    }
    for (var key : union(inputs.keySet(), other.inputs.keySet())) {
      var here = inputs.get(key);
      var there = other.inputs.get(key);
      if (here == null || there == null) {
        differences.put(key, here == null ? own.getOrDefault(key, "") : here.named());
      } else if (here.isSamePartOfRun(there)) {
        differences.putAll(
            here.origin().get().run().differences(there.origin().get().run()));
      } else if (!here.fingerprint().equals(there.fingerprint())) {
        differences.put(key, here.named());
      }
    }
    return differences;
  }

  private static Set<String> union(Collection<String> here, Collection<String> there) {
    var all = new LinkedHashSet<>(here);
    all.addAll(there);
    return all;
  }
}
