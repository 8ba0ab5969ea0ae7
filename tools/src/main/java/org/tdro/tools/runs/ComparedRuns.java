package org.tdro.tools.runs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.experiments.ledger.LedgerRun;
import org.tdro.experiments.sweep.SweptValues;
import org.tdro.io.InputException;
import org.tdro.io.MarkdownTable;
import org.tdro.training.MixtureUse;
import org.tdro.training.RunSetting;
import org.tdro.training.StoredEvaluation;

/**
 * The systems that the arguments of {@code tdro compare} name. Runs that differ in the seed alone are one system, and so are those that
 * are given the same name.
 */
public final class ComparedRuns {
  private static final Pattern NAMED = Pattern.compile("([^=/]+)=(.+)");

  private final List<Group> groups = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private final SweptValues sweptValues = new SweptValues();

  /** A run, and what it was made from, if that is known. */
  private record Member(StoredEvaluation results, Optional<RunSetting> setting) {
    static Member of(StoredEvaluation results) {
      return new Member(results, results.run().flatMap(RunSetting::of));
    }

    Optional<Long> seed() {
      return setting.map(RunSetting::seed);
    }

    boolean differsInSeedAlone(Member other) {
      return setting.isPresent()
          && other.setting.isPresent()
          && setting.get().differences(other.setting.get()).isEmpty();
    }

    /** Returns whether it is the same, however it was named. */
    boolean isSame(Member other) {
      return normal(results.file()).equals(normal(other.results.file()))
          && weighting().equals(other.weighting());
    }

    private static Path normal(Path file) {
      return file.toAbsolutePath().normalize();
    }

    /** Returns the weighting of results in the file of a pipeline, of which the run is not known. */
    private String weighting() {
      var name = results.name();
      return results.run().isPresent() || Files.exists(Path.of(name))
          ? ""
          : name.substring(name.lastIndexOf(':') + 1);
    }
  }

  /** The runs of a system. */
  private record Group(Optional<String> given, List<Member> members) {
    Member first() {
      return members.get(0);
    }

    /** Returns the name that was given or that of the first run without its folder: a weighting, a run, or a file. */
    String label() {
      return given.orElseGet(() -> Stream.of(first().results().name().split("[/:]"))
          .reduce("", (before, part) -> part.isBlank() || part.equals(".") ? before : part)
          .replaceFirst("\\.json$", ""));
    }
  }

  /**
   * Reads the arguments.
   *
   * @param arguments each {@code RUN}, {@code FILE}, {@code PIPELINE}, {@code PIPELINE:WEIGHTING} or a folder of those, or {@code
   *     NAME=} and one of them
   * @throws IllegalArgumentException if one has two names
   * @throws InputException if one holds no results
   */
  public ComparedRuns(List<String> arguments) {
    arguments.forEach(this::add);
  }

  /** Adds the results of a folder, as far as it has any; returns why there are none. */
  List<String> addFound(Path folder) {
    try {
      add(folder.toString());
      return List.of();
    } catch (InputException e) {
      return e.problems();
    }
  }

  /** Returns whether there is nothing to compare. */
  boolean isEmpty() {
    return groups.isEmpty();
  }

  private List<Group> add(String argument) {
    var named = NAMED.matcher(argument);
    boolean isNamed = !Files.exists(Path.of(argument)) && named.matches();
    var name = isNamed ? Optional.of(named.group(1)) : Optional.<String>empty();
    return StoredEvaluation.read(isNamed ? named.group(2) : argument).stream()
        .map(run -> add(name, run))
        .distinct()
        .toList();
  }

  private Group add(Optional<String> name, StoredEvaluation results) {
    var member = Member.of(results);
    for (var group : groups) {
      if (group.members().stream().anyMatch(member::isSame)) {
        if (name.isPresent() && !name.equals(group.given())) {
          throw new IllegalArgumentException(
              results.name() + " is named twice: " + group.label() + " and " + name.get());
        }
        return group;
      }
    }
    var group = groups.stream()
        .filter(other -> (name.isPresent() || other.given().isPresent())
            ? name.equals(other.given())
            : member.differsInSeedAlone(other.first()))
        .findFirst()
        .orElseGet(() -> {
          groups.add(new Group(name, new ArrayList<>()));
          return groups.get(groups.size() - 1);
        });
    var twin = group.members().stream()
        .filter(other -> other.seed().equals(member.seed()) && member.differsInSeedAlone(other))
        .findFirst();
    if (twin.isPresent()) {
      notes.add("%s is left out: %s has the same configuration, data and seed"
          .formatted(results.name(), twin.get().results().name()));
    } else {
      group.members().add(member);
    }
    return group;
  }

  /**
   * Makes one system the first; it is added if the arguments do not name it.
   *
   * @param argument what {@link #ComparedRuns} takes, or the name of a column
   * @throws IllegalArgumentException if it means several systems
   * @throws InputException if it holds no results
   */
  public OptionalInt baseline(String argument) {
    var found = groups.stream()
        .filter(group -> group.given().filter(argument::equals).isPresent())
        .toList();
    if (found.isEmpty() && !Files.exists(Path.of(argument))) {
      found = named(argument);
    }
    if (found.isEmpty()) {
      found = added(argument);
    }
    if (found.size() > 1) {
      throw new IllegalArgumentException("--baseline %s means %d systems: choose one of %s"
          .formatted(
              argument,
              found.size(),
              found.stream()
                  .map(group -> group.first().results().name())
                  .collect(Collectors.joining(", "))));
    }
    groups.remove(found.get(0));
    groups.add(0, found.get(0));
    return OptionalInt.of(0);
  }

  /** Returns the systems whose column has a name, or else those whose label it is. */
  private List<Group> named(String name) {
    var names = names();
    var found = IntStream.range(0, groups.size())
        .filter(i -> names.get(i).equals(name))
        .mapToObj(groups::get)
        .toList();
    return found.isEmpty()
        ? groups.stream().filter(group -> group.label().equals(name)).toList()
        : found;
  }

  private List<Group> added(String argument) {
    var columns = String.join(", ", names());
    try {
      return add(argument);
    } catch (InputException e) {
      throw Files.exists(Path.of(argument)) || argument.contains(":")
          ? e
          : new IllegalArgumentException(
              "--baseline %s: there is no such column, file or folder; columns are %s%s"
                  .formatted(
                      argument,
                      columns,
                      argument.equals("bm25")
                          ? "; its values are in bm25.json of a pipeline's folder: compare that, too"
                          : ""),
              e);
    }
  }

  /** Returns the systems in the order of the arguments, after the baseline. */
  public List<ComparedSystem> systems() {
    var names = names();
    return IntStream.range(0, groups.size())
        .mapToObj(i -> system(names.get(i), groups.get(i).members()))
        .toList();
  }

  private static ComparedSystem system(String name, List<Member> members) {
    return new ComparedSystem(
        name,
        members.stream()
            .map(member -> new ComparedSystem.Run(
                member.results().name(), member.seed(), member.results().values()))
            .toList(),
        members.stream()
            .flatMap(member -> member.results().domains().stream())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Returns what was left out, and which systems have other seeds, a sentence each. */
  List<String> notes() {
    var all = new ArrayList<>(notes);
    var names = names();
    var seeds = groups.stream()
        .map(group -> group.members().stream()
            .flatMap(member -> member.seed().stream())
            .sorted()
            .toList())
        .toList();
    for (int i = 1; i < groups.size(); i++) {
      if (!seeds.get(i).isEmpty()
          && !seeds.get(0).isEmpty()
          && !seeds.get(i).equals(seeds.get(0))) {
        all.add("%s has the seeds %s, %s has %s: part of their difference may be that of the seeds"
            .formatted(names.get(0), words(seeds.get(0)), names.get(i), words(seeds.get(i))));
      }
    }
    return all;
  }

  /** Returns what the mixtures of the systems took and drew, in Markdown; empty unless it is known of all runs of a system. */
  public String mixtures() {
    var names = names();
    var table = new MarkdownTable().left("weighting").right(MixtureUse.HEADINGS);
    for (int i = 0; i < groups.size(); i++) {
      var members = groups.get(i).members();
      var uses = members.stream()
          .flatMap(member -> member.results().mixture().stream())
          .toList();
      if (uses.size() == members.size()) {
        table.row(names.get(i), MixtureUse.cells(uses));
      }
    }
    return table.isEmpty() ? "" : "\n" + table;
  }

  private static String words(List<Long> seeds) {
    return seeds.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** Returns short names: labels where they are different, with what tells their configurations apart or whole paths where not. */
  private List<String> names() {
    var names = groups.stream().map(Group::label).collect(Collectors.toCollection(ArrayList::new));
    var byLabel = IntStream.range(0, groups.size())
        .boxed()
        .collect(Collectors.groupingBy(names::get, LinkedHashMap::new, Collectors.toList()));
    for (var alike : byLabel.values()) {
      if (alike.size() > 1) {
        var told = alike.stream().map(this::swept).toList();
        if (!areDifferent(told)) {
          told = alike.stream().map(i -> toldApart(i, alike)).toList();
        }
        boolean different = areDifferent(told);
        for (int i = 0; i < alike.size(); i++) {
          var group = groups.get(alike.get(i));
          names.set(
              alike.get(i),
              different
                  ? (group.label() + " " + told.get(i)).strip()
                  : group.first().results().name());
        }
      }
    }
    return names;
  }

  private static boolean areDifferent(List<String> texts) {
    return texts.stream().distinct().count() == texts.size();
  }

  /** Returns what a sweep gave to the runs of a system, apart from their seeds; empty if they are not of one job for each seed. */
  private String swept(int index) {
    var all = groups.get(index).members().stream()
        .flatMap(member -> member.results().run().stream())
        .map(run -> sweptValues.of(run.path()).entrySet().stream()
            .filter(value -> !value.getKey().equals(LedgerRun.SEED))
            .map(value -> value.getKey() + "=" + value.getValue())
            .collect(Collectors.joining(" ")))
        .distinct()
        .toList();
    return all.size() == 1 ? all.get(0) : "";
  }

  /** Returns the settings in which a system differs from others of its label. */
  private String toldApart(int index, List<Integer> alike) {
    var differences = new LinkedHashMap<String, String>();
    var setting = groups.get(index).first().setting();
    for (int other : alike) {
      var theirs = groups.get(other).first().setting();
      if (setting.isPresent() && theirs.isPresent()) {
        differences.putAll(setting.get().differences(theirs.get()));
      }
    }
    return differences.entrySet().stream()
        .map(ComparedRuns::shown)
        .collect(Collectors.joining(" "));
  }

  private static String shown(Map.Entry<String, String> setting) {
    return setting.getKey() + "=" + setting.getValue().replace("\"", "");
  }
}
