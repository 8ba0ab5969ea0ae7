package org.tdro.experiments.ledger;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.io.Sha256;
import org.tdro.training.StageInputs;

/**
 * Which runs were made from which. A run names the files and folders of others in its configuration; a relative path counts from the
 * folder in which it was started, which follows from where its output is now.
 */
public final class Lineage {
  private static final String OUTPUT = "output";

  private final Map<Path, LedgerRun> byFolder = new HashMap<>();
  private final Map<Path, List<Origin>> origins = new HashMap<>();
  private final Map<Path, String> settings = new HashMap<>();

  /**
   * A run that another one was made from.
   *
   * @param key the key that names it
   * @param run the run
   * @param part the file or folder in it that is named; empty for the run itself
   */
  public record Origin(String key, LedgerRun run, Path part) {}

  /** The lineage of the runs of a ledger. */
  public Lineage(Ledger ledger) {
    ledger.runs().forEach(run -> byFolder.put(absolute(run.folder()), run));
  }

  /** Returns the runs that a run was made from and that are in the ledger. */
  public List<Origin> origins(LedgerRun run) {
    return origins.computeIfAbsent(run.folder(), folder -> find(run));
  }

  /** Returns, for the folder of each run that others were made from, those others. */
  public Map<Path, List<LedgerRun>> descendants() {
    var descendants = new HashMap<Path, List<LedgerRun>>();
    for (var run : byFolder.values()) {
      for (var origin : origins(run)) {
        descendants
            .computeIfAbsent(origin.run().folder(), parent -> new ArrayList<>())
            .add(run);
      }
    }
    return descendants;
  }

  /**
   * Returns a hash that two runs share if and only if they differ in the seed alone: in their own, or also in those of the runs that
   * they were made from, as the stages of pipelines do.
   */
  public String setting(LedgerRun run) {
    var known = settings.get(run.folder());
    if (known == null) {
      // A run that names itself, through others, has no setting but its folder.
      settings.put(run.folder(), run.folder().toString());
      known = computed(run);
      settings.put(run.folder(), known);
    }
    return known;
  }

  private String computed(LedgerRun run) {
    var own = run.value(RunReading.SETTING);
    if (own.isEmpty()) {
      return run.folder().toString();
    }
    var parts = new TreeMap<String, String>();
    StageInputs.MADE_BY_RUNS.forEach((key, input) ->
        run.value(LedgerRun.INPUTS + input).ifPresent(fingerprint -> parts.put(key, fingerprint)));
    for (var origin : origins(run)) {
      parts.replace(origin.key(), setting(origin.run()) + " " + origin.part());
    }
    parts.put(RunReading.SETTING, own.get());
    return Sha256.of(parts.toString());
  }

  private List<Origin> find(LedgerRun run) {
    var found = new ArrayList<Origin>();
    for (var input : StageInputs.MADE_BY_RUNS.entrySet()) {
      if (run.value(LedgerRun.INPUTS + input.getValue()).isPresent()) {
        run.value(input.getKey())
            .flatMap(path -> resolved(run, path))
            .flatMap(path -> origin(input.getKey(), path))
            .filter(origin -> !origin.run().folder().equals(run.folder()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<Origin> origin(String key, Path path) {
    for (var folder = path; folder != null; folder = folder.getParent()) {
      var run = byFolder.get(folder);
      if (run != null) {
        return Optional.of(new Origin(key, run, folder.relativize(path)));
      }
    }
    return Optional.empty();
  }

  /** Returns where a path of a run's configuration is now, even if all runs were moved together. */
  static Optional<Path> resolved(LedgerRun run, String text) {
    try {
      var path = Path.of(text);
      var now = absolute(run.folder()).getParent();
      var then = Path.of(run.value(OUTPUT).orElse("")).normalize().getParent();
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
}
