package org.tdro.evaluation.sets;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigSchema;
import org.tdro.config.Default;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.io.Checks;
import org.tdro.io.FileException;
import org.tdro.io.InputException;

/**
 * Evaluation sets that are reported together, as a file {@code configs/suite/NAME.conf} names them.
 *
 * @param sets by name
 * @param measures names of measures
 * @param topK documents ranked for each query
 */
public record Suite(
    Map<String, Member> sets,
    List<String> measures,
    @Default("100") int topK) {
  private static final Logger LOG = LoggerFactory.getLogger(Suite.class);
  private static final ConfigSchema<Suite> SCHEMA = new ConfigSchema<>(Suite.class);
  private static final String ENDING = ".conf";

  /**
   * A set of a suite.
   *
   * @param split its judgements
   * @param folder a pattern of its folder below the root, in {@code glob} syntax; empty for a set of its name
   * @param prompt the task whose prompts its texts get; empty for that of its name
   * @param parts the parts that it must have; empty for a whole set, or any parts
   */
  public record Member(
      @Default(EvaluationSet.TEST) String split,
      Optional<String> folder,
      Optional<String> prompt,
      List<String> parts) {
    public Member {
      new Checks()
          .that(
              Splits.isSplit(split),
              "split must be the name of a file in qrels without .tsv, such as test, was '" + split
                  + "'")
          .done();
    }
  }

  /**
   * The sets of a suite below some folders.
   *
   * @param roots the folders
   * @param missing those that are not there
   * @param others sets that are there and are not of the suite
   */
  public record Found(
      List<Path> roots, List<StoredSet> sets, List<String> missing, List<String> others) {
    /** Says what is missing, and what else is there. */
    public void log() {
      if (!missing.isEmpty()) {
        LOG.warn("{}", message());
      }
      if (!others.isEmpty()) {
        LOG.info("not of the suite, passed over: {}", String.join(", ", others));
      }
    }

    private String message() {
      return "%d of the %d sets and parts of the suite are not in %s: %s"
          .formatted(
              missing.size(),
              missing.size() + sets.size(),
              roots.stream().map(Path::toString).collect(Collectors.joining(", ")),
              String.join(", ", missing));
    }

    /**
     * Checks that there are sets.
     *
     * @param partial whether some may be missing
     * @throws InputException if sets are missing, naming all of them
     */
    public Found check(boolean partial) {
      if (sets.isEmpty() || (!missing.isEmpty() && !partial)) {
        throw new InputException(message()
            + (sets.isEmpty()
                ? ""
                : "; --partial, or eval.partial=true in a configuration, evaluates the others"));
      }
      return this;
    }
  }

  public Suite {
    var wrong = wrong(measures);
    new Checks()
        .that(!sets.isEmpty(), "sets must name at least one")
        .that(!measures.isEmpty(), "measures must name at least one")
        .that(wrong.isEmpty(), "measures must be known: " + wrong)
        .atLeast(1, "topK", topK)
        .done();
  }

  private static String wrong(List<String> measures) {
    try {
      Measure.parse(measures);
      return "";
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * Reads a suite.
   *
   * @param named a file that ends in {@code .conf}, or the name of one in {@code folder}
   * @param folder the built-in suites
   * @throws InputException if there is none of this name, or its file is wrong
   */
  public static Suite read(String named, Path folder) {
    var file = named.endsWith(ENDING) ? Path.of(named) : folder.resolve(named + ENDING);
    if (!Files.isRegularFile(file)) {
      throw new InputException("%s: there is no such suite; there are %s, or give a file %s"
          .formatted(named, String.join(", ", names(folder)), "NAME" + ENDING));
    }
    var name = file.getFileName().toString();
    return new ConfigComposer<>(SCHEMA, List.of(file.toAbsolutePath().getParent()))
        .root(name.substring(0, name.length() - ENDING.length()))
        .compose(List.of())
        .config();
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /** Returns the judgements of its sets. */
  public Splits splits() {
    var bySet = new LinkedHashMap<String, String>();
    sets.forEach((name, member) -> {
      if (!member.split().equals(EvaluationSet.TEST)) {
        bySet.put(name, member.split());
      }
    });
    return new Splits(EvaluationSet.TEST, bySet);
  }

  /**
   * Finds the sets below some folders, in the order of their names.
   *
   * @param judged the judgements by the names of the sets in the suite
   * @throws InputException if a folder holds no set at all, or two are the same set
   */
  public Found find(List<Path> roots, Splits judged) {
    for (var named : judged.bySet().keySet()) {
      if (!sets.containsKey(EvaluationSet.whole(named))) {
        throw new InputException("a split is given for %s, but the sets of the suite are %s"
            .formatted(named, String.join(", ", sets.keySet())));
      }
    }
    var found = new LinkedHashMap<String, StoredSet>();
    var others = new ArrayList<String>();
    for (var root : roots) {
      // Twice, since what a set is called decides about its split.
      var splits = new LinkedHashMap<String, String>();
      var members = new LinkedHashMap<String, String>();
      for (var set : Layout.find(root, Splits.TEST)) {
        var member = member(set, root);
        member.ifPresentOrElse(
            name -> {
              splits.put(set.name(), judged.ofSet(set.as(name).name()));
              members.put(set.name(), name);
            },
            () -> others.add(set.name()));
      }
      for (var set : Layout.find(root, new Splits(EvaluationSet.TEST, splits))) {
        if (members.containsKey(set.name())) {
          var named = set.as(members.get(set.name()));
          var other = found.putIfAbsent(named.name(), named);
          if (other != null) {
            throw new InputException("%s and %s are both %s of the suite"
                .formatted(set.folder(), other.folder(), named.name()));
          }
        }
      }
    }
    var missing = new LinkedHashSet<String>();
    var wanted = new ArrayList<StoredSet>();
    sets.forEach((name, member) -> {
      var names = member.parts().isEmpty()
          ? found.keySet().stream()
              .filter(set -> EvaluationSet.whole(set).equals(name))
              .toList()
          : member.parts().stream().map(part -> name + "/" + part).toList();
      if (names.isEmpty() || names.stream().noneMatch(found::containsKey)) {
        missing.add(name);
        return;
      }
      names.stream().filter(part -> !found.containsKey(part)).forEach(missing::add);
      names.stream().flatMap(part -> Stream.ofNullable(found.get(part))).forEach(wanted::add);
    });
    return new Found(roots, wanted, List.copyOf(missing), others);
  }

  /** Returns the name of the member that a set is, or is a part of. */
  private Optional<String> member(StoredSet set, Path root) {
    var below = root.toAbsolutePath().relativize(set.folder().toAbsolutePath());
    return sets.entrySet().stream()
        .filter(entry -> entry.getValue().folder().isPresent()
            ? Stream.iterate(below, path -> path != null, Path::getParent)
                .anyMatch(FileSystems.getDefault()
                    .getPathMatcher("glob:" + entry.getValue().folder().get())::matches)
            : set.name().equals(entry.getKey())
                || EvaluationSet.whole(set.name()).equals(entry.getKey()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Returns set → prompt, where a member names one. */
  public Map<String, String> prompts() {
    var prompts = new LinkedHashMap<String, String>();
    sets.forEach((name, member) -> member.prompt().ifPresent(prompt -> prompts.put(name, prompt)));
    return prompts;
  }
}
