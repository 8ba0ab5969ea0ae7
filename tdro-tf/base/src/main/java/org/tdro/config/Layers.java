package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tdro.config.Defaults.Choice;
import org.tdro.io.Suggestion;

/**
 * The files of a configuration in the order in which later ones override earlier ones: root files, and one option file of each
 * group, as the {@link Defaults} of files and the choices of arguments ask for.
 */
final class Layers {
  /** Rounds in which the choices of files that other choices bring must settle. */
  private static final int ROUNDS = 16;

  private final ConfigFolders folders;
  private final Collection<String> groups;
  private final Map<String, Choice> fixed;
  private final ConfigProblems problems;

  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();
  private Map<String, Choice> before = Map.of();
  private Map<String, Choice> listed = new HashMap<>();

  /**
   * One file.
   *
   * @param file its name in messages
   * @param section that its values are for; empty for the root
   * @param origin of the choice; empty for a root file
   */
  record Layer(String file, String section, String origin, Config values) {}

  /**
   * Finds the files.
   *
   * @param groups the names of the groups
   * @param fixed choices that no file changes
   */
  Layers(
      ConfigFolders folders,
      Collection<String> groups,
      Map<String, Choice> fixed,
      ConfigProblems problems) {
    this.folders = folders;
    this.groups = groups;
    this.fixed = fixed;
    this.problems = new ConfigProblems();
    var roots = folders.roots(problems);
    for (int round = 0; round < ROUNDS; round++) {
      layers.clear();
      broken.clear();
      this.problems.clear();
      listed = new HashMap<>();
      // Root files lie below all options, unless the list of their defaults says otherwise.
      roots.forEach((file, values) -> {
        if (!Defaults.of(values, "", problems).list()) {
          self(file, "", values, "");
        }
      });
      roots.forEach((file, values) -> expand(file, "", values, "", List.of(file)));
      fixed.keySet().stream()
          .sorted()
          .filter(group -> !listed.containsKey(group))
          .forEach(group -> option(group, List.of()));
      if (listed.equals(before)) {
        problems.addAll(this.problems);
        return;
      }
      before = listed;
    }
    problems.add("configuration", "the defaults of its files choose without end");
  }

  /** Returns the files, the first of which all others override. */
  List<Layer> layers() {
    return List.copyOf(layers.values());
  }

  /** Returns the values of all files. */
  Config values() {
    var values = ConfigFactory.empty();
    for (var layer : layers.values()) {
      values = layer.values().withFallback(values);
    }
    return values;
  }

  /** Returns the choice of a group in the files, whatever arguments say. */
  Optional<Choice> listed(String group) {
    return Optional.ofNullable(listed.get(group))
        .filter(choice -> choice.option().isPresent());
  }

  /** Returns what a missing key is missing in: the option of the innermost group that holds it, or the root file. */
  Optional<String> home(String key) {
    for (var name = key.replace('.', '/'); !name.isEmpty(); name = above(name)) {
      var group = name;
      var home = chosen(group)
          .flatMap(choice -> choice
              .option()
              .map(option ->
                  folders.find(ConfigFolders.file(group, option)).map(ConfigFolders::shown))
              .orElse(Optional.of(choice.origin())));
      if (home.isPresent()) {
        return home;
      }
    }
    return folders.rootFiles().stream().findFirst().map(ConfigFolders::shown);
  }

  /** Whether the file of a group that holds a key has a problem, which hides that keys are missing. */
  boolean isBroken(String key) {
    return broken.stream().anyMatch(group -> (key + ".").startsWith(section(group) + "."));
  }

  /** Says that the defaults of a file name what is not a group. */
  static String notAGroup(String name, Collection<String> groups) {
    return "defaults." + name + " is not a group" + Suggestion.of(name, groups, "defaults.");
  }

  private static String above(String group) {
    return group.contains("/") ? group.substring(0, group.lastIndexOf('/')) : "";
  }

  private static String section(String group) {
    return ConfigUtil.joinPath(List.of(group.split("/")));
  }

  private Optional<Choice> chosen(String group) {
    return Optional.ofNullable(
        fixed.getOrDefault(group, before.getOrDefault(group, listed.get(group))));
  }

  /** Reports the values in place of sections, and returns the others: a section above such a value would hide those below it. */
  static Config withSections(
      Config values, String group, Collection<String> groups, ConfigProblems problems) {
    var kept = values;
    for (var name : groups) {
      if (group.isEmpty() || name.startsWith(group + "/")) {
        var path =
            List.of(name.substring(group.isEmpty() ? 0 : group.length() + 1).split("/"));
        var wrong = ValueChanges.at(kept, path).filter(value -> !ValueChanges.isSection(value));
        if (wrong.isPresent()) {
          problems.add(
              ConfigProblems.where(wrong.get().origin()),
              ValueChanges.notASection(section(name), wrong.get()));
          kept = kept.withoutPath(ConfigUtil.joinPath(path));
        }
      }
    }
    return kept;
  }

  private void self(String file, String group, Config values, String origin) {
    var own = withSections(values.withoutPath(Defaults.KEY), group, groups, problems);
    layers.remove(file);
    layers.put(
        file,
        group.isEmpty()
            ? new Layer(file, "", origin, own)
            : new Layer(file, section(group), origin, own.atPath(section(group))));
  }

  /**
   * Adds the layers of a file.
   *
   * @param group the group that it is an option of; empty for none
   * @param origin of the choice of that option
   * @param within the files whose defaults it comes from, the last of which is itself
   */
  private void expand(
      String file, String group, Config values, String origin, List<String> within) {
    var defaults = Defaults.of(values, group, problems);
    boolean placed = group.isEmpty() && !defaults.list();
    if (placed && !layers.containsKey(file)) {
      self(file, group, values, origin);
    }
    for (var item : defaults.items()) {
      if (item.isSelf()) {
        self(file, group, values, origin);
        placed = true;
      } else if (item.choice().isEmpty()) {
        include(item.name(), file, group, within);
      } else if (groups.contains(item.name())) {
        listed.put(item.name(), item.choice().get());
        option(item.name(), within);
      } else {
        problems.add(item.choice().get().origin(), notAGroup(item.name(), groups));
      }
    }
    if (!placed) {
      self(file, group, values, origin);
    }
  }

  /** Adds the layers of a file that another one lists among its defaults. */
  private void include(String name, String from, String group, List<String> within) {
    var path = group.isEmpty() ? name : group + "/" + name;
    var file = folders.find(path + ConfigFolders.SUFFIX);
    if (file.isEmpty()) {
      problems.add(
          from, "defaults has " + name + ", but there is no file " + path + ConfigFolders.SUFFIX);
    } else {
      load(file.get(), group, from, within);
    }
  }

  /** Adds the layers of the option of a group. */
  private void option(String group, List<String> within) {
    var choice = chosen(group).filter(made -> made.option().isPresent());
    if (choice.isEmpty()) {
      return;
    }
    var option = choice.get().option().orElseThrow();
    var file = folders.find(ConfigFolders.file(group, option));
    if (file.isPresent()) {
      load(file.get(), group, choice.get().origin(), within);
    } else if (!choice.get().optional()) {
      broken.add(group);
      problems.add(choice.get().origin(), folders.noOption(group, option));
    }
  }

  private void load(Path file, String group, String origin, List<String> within) {
    var name = ConfigFolders.shown(file);
    if (within.contains(name)) {
      problems.add(name, "is among its own defaults");
      return;
    }
    int count = problems.count();
    var values = folders.parse(file, problems);
    if (problems.count() > count) {
      broken.add(group);
    }
    var chain = new ArrayList<>(within);
    chain.add(name);
    expand(name, group, values, origin, chain);
  }
}
