package org.tdro.experiments.ledger;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.training.RunSetting;
import org.tdro.training.StageInputs;

/** Which runs were made from which: a run names the files and folders of others in its configuration. */
public final class Lineage {
  private final Map<Path, LedgerRun> byFolder = new HashMap<>();
  private final Map<Path, List<Origin>> origins = new HashMap<>();
  private final Map<Path, RunSetting> settings = new HashMap<>();

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
    return read(run).hash();
  }

  private RunSetting read(LedgerRun run) {
    var known = settings.get(run.folder());
    if (known == null) {
      // A run that names itself, through others, has no setting but its folder.
      settings.put(run.folder(), read(run, run.folder().toString(), List.of()));
      known = run.value(RunReading.SETTING)
          .map(own -> read(run, own, origins(run)))
          .orElse(settings.get(run.folder()));
      settings.put(run.folder(), known);
    }
    return known;
  }

  private RunSetting read(LedgerRun run, String own, List<Origin> from) {
    var fingerprints = new HashMap<String, String>();
    run.facts(Fact.Kind.INPUT)
        .filter(fact -> fact.name().startsWith(LedgerRun.INPUTS))
        .forEach(fact ->
            fingerprints.put(fact.name().substring(LedgerRun.INPUTS.length()), fact.value()));
    return new RunSetting(
        run.value(LedgerRun.SEED).map(Long::parseLong).orElse(0L),
        Map.of(RunReading.SETTING, own),
        fingerprints,
        key -> run.value(key).orElse(""),
        key -> from.stream()
            .filter(origin -> origin.key().equals(key))
            .findFirst()
            .map(origin -> new RunSetting.Origin(read(origin.run()), origin.part()))
            .or(() ->
                run.value(key).flatMap(text -> located(run, text)).flatMap(RunSetting::ofMixture)));
  }

  private List<Origin> find(LedgerRun run) {
    var found = new ArrayList<Origin>();
    for (var input : StageInputs.MADE_BY_RUNS.entrySet()) {
      if (run.value(LedgerRun.INPUTS + input.getValue()).isPresent()) {
        run.value(input.getKey())
            .flatMap(path -> located(run, path))
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

  /** Returns where a path of a run's configuration is now. */
  static Optional<Path> located(LedgerRun run, String text) {
    return RunSetting.located(run.folder(), run.value("output").orElse(""), text);
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
