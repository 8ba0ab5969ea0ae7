package org.tdro.experiments.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tdro.config.ResolvedConfig;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.ComparisonFormat;
import org.tdro.experiments.ledger.Fact;
import org.tdro.experiments.ledger.Ledger;
import org.tdro.experiments.ledger.LedgerRun;
import org.tdro.experiments.ledger.Lineage;
import org.tdro.experiments.ledger.RunTable;
import org.tdro.experiments.ledger.SeedGroup;
import org.tdro.experiments.sweep.Sweep;
import org.tdro.experiments.sweep.SweptValues;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.mixing.audit.DomainAudit;
import org.tdro.runs.RunFolder;
import org.tdro.training.config.RunConfig;

/**
 * A page on runs: what they have in common and what tells them apart, their results with tests of significance, the curves of their
 * training, and what they were made from. It is one HTML file that loads nothing.
 */
public final class Report {
  /** About how many numbers the curves of all runs may have: some 2 MB. */
  private static final int NUMBERS = 300_000;

  /** About how many curves a run has: those of its log, and four for each of a dozen domains. */
  private static final int CURVES = 60;

  private static final int LEAST_POINTS = 40;
  private static final int MOST_POINTS = 800;

  /** Of how many runs there are curves; more would make a page that browsers open slowly. */
  private static final int MOST_RUNS = 400;

  /** Facts that can be the same for all runs: what they were made from. */
  private static final Set<Fact.Kind> SHARED =
      Set.of(Fact.Kind.CONFIG, Fact.Kind.INPUT, Fact.Kind.VERSION);

  private final List<Path> folders;
  private final Ledger ledger;

  /** Keys and groups that sweeps varied; empty if no run is of a sweep. */
  private final Set<String> swept;

  private final Set<String> notes = new LinkedHashSet<>();
  private String title;
  private Optional<Comparison> comparison = Optional.empty();

  private Report(List<Path> folders, Ledger ledger, Set<String> swept) {
    this.folders = folders;
    this.ledger = ledger;
    this.swept = swept;
    this.title = folders.stream().map(Path::toString).collect(Collectors.joining(", "));
    notes.addAll(ledger.problems());
  }

  /**
   * Reads all runs in folders, at any depth.
   *
   * @throws InputException if one is not a folder, or holds no runs
   */
  public static Report of(List<Path> folders) {
    var runs = new LinkedHashMap<Path, LedgerRun>();
    var problems = new ArrayList<String>();
    var swept = new SweptValues();
    var sweptKeys = new LinkedHashSet<String>();
    for (var folder : folders) {
      var found = read(folder);
      if (found.runs().isEmpty()) {
        throw new InputException(folder + " holds no runs that can be read"
            + found.problems().stream()
                .map(problem -> "\n" + problem)
                .collect(Collectors.joining()));
      }
      problems.addAll(found.problems());
      sweeps(folder, found.runs()).forEach(sweep -> problems.addAll(missing(sweep)));
      for (var run : found.runs()) {
        runs.putIfAbsent(absolute(run.folder()), inSweep(swept, run, sweptKeys));
      }
    }
    return new Report(
        List.copyOf(folders),
        new Ledger(folders.get(0), List.copyOf(runs.values()), problems),
        sweptKeys);
  }

  private static LedgerRun inSweep(SweptValues swept, LedgerRun run, Set<String> allKeys) {
    try {
      var values = new LinkedHashMap<>(swept.of(run.folder()));
      values.remove(LedgerRun.SEED);
      allKeys.addAll(values.keySet());
      var keys = new HashSet<>(swept.keys(run.folder()));
      keys.remove(LedgerRun.SEED);
      keys.removeAll(values.keySet());
      if (!keys.isEmpty()) {
        keys.removeAll(decisiveKeys(run));
      }
      return inSweep(run, keys, values);
    } catch (InputException e) {
      // The same problem is among those of the sweep.
      return run;
    }
  }

  /**
   * Returns a run with what its sweep says of it: choices of its job such as {@code dro=paper}, which are no keys of the configuration.
   *
   * @param keys swept keys that do not matter to the run; one that jobs share has those of the first of them
   */
  private static LedgerRun inSweep(LedgerRun run, Set<String> keys, Map<String, String> values) {
    var facts = new ArrayList<>(run.facts());
    facts.removeIf(fact -> fact.kind() == Fact.Kind.CONFIG && keys.contains(fact.name()));
    values.forEach((key, value) -> {
      if (run.value(key).isEmpty()) {
        facts.add(new Fact(Fact.Kind.CONFIG, key, value));
      }
    });
    return new LedgerRun(run.folder(), facts);
  }

  private static Set<String> decisiveKeys(LedgerRun run) {
    return ResolvedConfig.read(RunConfig.SCHEMA, new RunFolder(run.folder()).config())
        .decisiveValues()
        .keySet();
  }

  private static Ledger read(Path folder) {
    return Files.exists(new RunFolder(folder).record())
        ? new Ledger(folder, List.of(Ledger.run(folder)), List.of())
        : Ledger.read(folder);
  }

  private static List<String> missing(Path sweep) {
    try {
      return Sweep.missing(sweep);
    } catch (InputException e) {
      return e.problems();
    }
  }

  /** Returns the folders from the given one to those of the runs, of which each may be that of a sweep. */
  private static Set<Path> sweeps(Path folder, List<LedgerRun> runs) {
    var sweeps = new LinkedHashSet<>(Set.of(folder));
    for (var run : runs) {
      for (var parent = run.folder();
          parent != null && !parent.equals(folder);
          parent = parent.getParent()) {
        sweeps.add(parent);
      }
    }
    return sweeps;
  }

  private static Path absolute(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  /** Sets the heading, instead of the names of the folders. */
  public Report titled(String heading) {
    title = heading;
    return this;
  }

  /** Adds the results of runs, with tests. */
  public Report comparing(Comparison results) {
    comparison = Optional.of(results);
    notes.addAll(results.notes());
    return this;
  }

  /** Adds sentences about what is missing. */
  public Report noting(Collection<String> sentences) {
    notes.addAll(sentences);
    return this;
  }

  /** Returns what is missing, a sentence each. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Writes the page; an existing file is replaced at once or not at all. */
  public void write(Path file) {
    var page = ReportPage.of(title, data());
    AtomicWrite.file(file, beside -> Files.writeString(beside, page));
  }

  private Map<String, Object> data() {
    var data = new LinkedHashMap<String, Object>();
    data.put("folders", folders.stream().map(Path::toString).toList());
    data.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    var curves = curves();
    data.put("runs", runs());
    data.put("curves", curves);
    comparison.ifPresent(results -> {
      data.put("comparison", Json.object(ComparisonFormat.JSON.of(results), "comparison"));
      data.put("sets", sets(results));
    });
    data.put(
        "audits", folders.stream().flatMap(folder -> audits(folder).stream()).toList());
    data.put("notes", notes);
    return data;
  }

  /**
   * What is known of the domains before a mixture is chosen.
   *
   * @param path its folder
   */
  private record Audited(String path, List<DomainAudit> domains) {}

  /** Returns the audits in a folder and those below it, but for folders of runs. */
  private List<Audited> audits(Path folder) {
    var found = new ArrayList<Audited>();
    if (Files.exists(new RunFolder(folder).record())) {
      return found;
    }
    try {
      AuditReport.read(folder)
          .ifPresent(audit -> found.add(new Audited(folder.toString(), audit.domains())));
    } catch (InputException e) {
      notes.addAll(e.problems());
    }
    try (var entries = Files.list(folder)) {
      entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .forEach(entry -> found.addAll(audits(entry)));
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
    return found;
  }

  private Map<String, Object> runs() {
    var rows = ledger.runs();
    var shared = shared(rows);
    var groups = SeedGroup.of(rows, new Lineage(ledger));
    var grouped = groups.stream().map(SeedGroup::row).toList();
    boolean hasSeeds = groups.size() < rows.size();
    var own = new LinkedHashMap<String, Fact.Kind>();
    for (var kind : Fact.Kind.values()) {
      for (var row : hasSeeds ? concatenated(rows, grouped) : rows) {
        row.facts(kind)
            .filter(fact -> RunTable.isShown(fact) && !shared.contains(fact))
            .forEach(fact -> own.putIfAbsent(fact.name(), kind));
      }
    }
    var data = new LinkedHashMap<String, Object>();
    data.put("shared", shared);
    data.put("columns", own);
    data.put("settings", swept.isEmpty() ? RunTable.differingSettings(rows) : swept);
    data.put("rows", table(rows, own.keySet()));
    data.put("groups", table(hasSeeds ? grouped : List.of(), own.keySet()));
    return data;
  }

  private Map<String, Object> table(List<LedgerRun> rows, Set<String> names) {
    var shown = new ArrayList<>(RunTable.ofDifferences(rows).columns());
    if (!swept.isEmpty()) {
      // Stages differ in many more keys.
      var settings = RunTable.differingSettings(rows);
      int first = IntStream.range(0, shown.size())
          .filter(i -> settings.contains(shown.get(i)))
          .findFirst()
          .orElse(shown.size());
      shown.removeAll(settings);
      shown.addAll(first, swept);
    }
    return Map.of(
        "shown",
        shown,
        "values",
        rows.stream().map(row -> RunTable.values(row, names)).toList());
  }

  private static List<LedgerRun> concatenated(List<LedgerRun> rows, List<LedgerRun> grouped) {
    var all = new ArrayList<>(rows);
    all.addAll(grouped);
    return all;
  }

  private static Collection<Fact> shared(List<LedgerRun> rows) {
    var shared = new LinkedHashSet<>(rows.get(0).facts());
    shared.removeIf(fact -> !SHARED.contains(fact.kind()));
    rows.forEach(row -> shared.retainAll(Set.copyOf(row.facts())));
    return shared;
  }

  private List<RunCurves> curves() {
    var runs = ledger.runs();
    if (runs.size() > MOST_RUNS) {
      notes.add("curves of the first %d runs are shown; name fewer folders to see others"
          .formatted(MOST_RUNS));
      runs = runs.subList(0, MOST_RUNS);
    }
    int points =
        Math.max(LEAST_POINTS, Math.min(MOST_POINTS, NUMBERS / (CURVES * runs.size()) / 2 * 2));
    var curves = new ArrayList<RunCurves>();
    for (var run : runs) {
      try {
        curves.add(RunCurves.of(run, points));
      } catch (InputException e) {
        notes.addAll(e.problems());
      } catch (FileException e) {
        notes.add(e.getMessage());
      }
    }
    return curves;
  }

  /** Returns which queries each set was evaluated on, and whether others of it were looked at before. */
  private Map<String, Object> sets(Comparison results) {
    var sets = new LinkedHashMap<String, Object>();
    for (var test : results.systems().get(0).runs().get(0).values().tests().entrySet()) {
      sets.put(
          test.getKey(),
          Map.of("split", test.getValue().content().split(), "watched", isWatched(test.getKey())));
    }
    return sets;
  }

  /** Returns whether development queries of a set were evaluated while a run trained. */
  private boolean isWatched(String set) {
    var prefix = LedgerRun.DEVELOPMENT + set + ".";
    return ledger.runs().stream()
        .flatMap(run -> run.facts(Fact.Kind.RESULT))
        .anyMatch(fact -> fact.name().startsWith(prefix));
  }
}
