package org.tdro.experiments.ledger;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.tdro.experiments.ledger.LedgerIndex.Entry;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.runs.RunFolder;
import org.tdro.training.config.RunConfig;

/**
 * All runs below a folder, at any depth. There is no database: what was read is kept in a file that may be deleted, and is read again
 * where files have another time or size. Two processes may do so at once.
 *
 * @param root the folder
 * @param runs the runs, sorted by path
 * @param problems what could not be read, each naming its file or folder
 */
public record Ledger(Path root, List<LedgerRun> runs, List<String> problems) {
  /** What a run's folder holds besides further runs. */
  private static final Set<String> OWN = Set.copyOf(Stream.of(new RunFolder(Path.of("")))
      .flatMap(run -> Stream.of(
          run.record(),
          run.config(),
          run.log(),
          run.metrics(),
          run.trajectory(),
          run.model(),
          run.backup(),
          run.weights(),
          run.evaluation()))
      .map(Path::toString)
      .toList());

  public Ledger {
    runs = List.copyOf(runs);
    problems = List.copyOf(problems);
  }

  /**
   * Reads all runs below a folder; links to folders are not followed.
   *
   * @throws InputException if it is not a folder
   */
  public static Ledger read(Path root) {
    if (!Files.isDirectory(root)) {
      throw new InputException(root + " is not a folder; name the one that your runs are in");
    }
    var index = CompletableFuture.supplyAsync(() -> LedgerIndex.read(root));
    var problems = new ArrayList<String>();
    var folders = new ArrayList<Path>();
    find(root, folders, problems);
    var entries = new TreeMap<String, Entry>();
    for (var folder : folders) {
      entries.put(root.relativize(folder).toString(), null);
    }
    var known = index.join();
    var changed = new AtomicBoolean();
    entries.entrySet().parallelStream().forEach(entry -> {
      var folder = root.resolve(entry.getKey());
      var signature = RunReading.signature(folder);
      var present = known.get(entry.getKey());
      // What could not be read may be readable now, at the same time and size.
      if (present != null
          && present.signature().equals(signature)
          && present.problems().isEmpty()) {
        entry.setValue(present);
      } else {
        entry.setValue(read(folder, signature));
        changed.set(true);
      }
    });
    if (changed.get() || entries.size() != known.size()) {
      LedgerIndex.write(root, entries);
    }
    var runs = new ArrayList<LedgerRun>();
    entries.forEach((path, entry) -> {
      problems.addAll(entry.problems());
      if (!entry.facts().isEmpty()) {
        runs.add(run(root.resolve(path), entry.facts()));
      }
    });
    return new Ledger(root, runs, problems);
  }

  private static Entry read(Path folder, String signature) {
    var content = RunReading.of(folder);
    return new Entry(signature, content.facts(), content.problems());
  }

  /**
   * Reads one run.
   *
   * @throws InputException if the folder holds none that can be read
   */
  public static LedgerRun run(Path folder) {
    if (!RunReading.isRun(folder)) {
      throw new InputException(
          folder + " holds no run; `tdro runs list` names those that there are");
    }
    var content = RunReading.of(folder);
    if (content.facts().isEmpty()) {
      throw new InputException(content.problems());
    }
    return run(folder, content.facts());
  }

  private static LedgerRun run(Path folder, List<Fact> facts) {
    var all = new ArrayList<Fact>(facts.size() + 1);
    var path = folder.toString().isEmpty() ? "." : folder.toString();
    all.add(new Fact(Fact.Kind.RUN, LedgerRun.PATH, path));
    for (var fact : facts) {
      all.add(
          isUnfinished(fact) && FolderLock.isHeld(folder)
              ? new Fact(fact.kind(), fact.name(), LedgerRun.Status.RUNNING.word())
              : fact);
    }
    return new LedgerRun(folder, all);
  }

  private static boolean isUnfinished(Fact fact) {
    return fact.name().equals(LedgerRun.STATUS)
        && fact.value().equals(LedgerRun.Status.UNFINISHED.word());
  }

  private static void find(Path folder, Collection<Path> runs, Collection<String> problems) {
    var names = folder.toFile().list();
    if (names == null) {
      problems.add("cannot read the folder " + folder);
      return;
    }
    Arrays.sort(names);
    boolean isRun = List.of(names).contains(new RunFolder(Path.of("")).record().toString());
    if (isRun) {
      runs.add(folder);
    } else if (isLeftBehind(folder)) {
      problems.add(
          folder + " holds the configuration of a run, but no run.json: it ended as it began");
    }
    for (var name : names) {
      if (!name.startsWith(".") && !(isRun && OWN.contains(name))) {
        var path = folder.resolve(name);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          find(path, runs, problems);
        }
      }
    }
  }

  /** Returns whether a run was killed before its record was written. */
  private static boolean isLeftBehind(Path folder) {
    return Files.exists(new RunFolder(folder).config())
        && Files.exists(folder.resolve(FolderLock.FILE));
  }

  /** Returns all names that may be asked for: those of facts, and the keys of a configuration, set or not. */
  public Set<String> names() {
    var names = new HashSet<>(RunConfig.SCHEMA.keys());
    runs.forEach(run -> run.facts().forEach(fact -> names.add(fact.name())));
    names.remove(RunReading.SETTING);
    return new TreeSet<>(names);
  }
}
