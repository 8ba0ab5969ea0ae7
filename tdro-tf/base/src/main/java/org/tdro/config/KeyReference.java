package org.tdro.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.Suggestion;

/**
 * The reference of a configuration's keys. A meaning is the comment at the key in the configuration files, a range is what the
 * constructors of the records refuse: neither is written down a second time.
 *
 * @param <R> the root record of the configuration
 */
public final class KeyReference<R extends Record> {
  /** Values beyond every range that has an end. */
  private static final List<String> EXTREMES = List.of("-1000000000", "1000000000");

  private final ConfigComposer<R> composer;
  private final ConfigFolders folders;
  private final Class<R> root;
  private final List<String> groups;
  private final Layers usual;
  private final Map<String, RecordComponent> keys;

  /**
   * A key, and its value in a configuration.
   *
   * @param key the full key
   * @param meaning the comment at the key in the first file that has one; empty if none has
   * @param type values that it takes, in words
   * @param range limits of a number, in words; empty if there are none
   * @param standard its value without arguments, as HOCON; empty if it is not set then
   * @param value its value, as HOCON; empty if it is not set
   * @param origin where that was set
   */
  public record Entry(
      String key,
      String meaning,
      String type,
      String range,
      String standard,
      String value,
      String origin) {
    @Override
    public String toString() {
      var text = new StringJoiner("\n");
      text.add(value.isEmpty() ? key + " is not set" : key + " = " + value);
      text.add("  meaning  " + meaning);
      text.add("  takes    " + type + (range.isEmpty() ? "" : ", " + range));
      text.add("  default  " + (standard.isEmpty() ? "not set" : standard));
      if (!value.isEmpty()) {
        text.add("  set by   " + origin);
      }
      return text.toString();
    }
  }

  /** A comment at a key, and the argument that chooses the file that holds it; empty for a root file. */
  private record Comment(String text, String option) {}

  KeyReference(ConfigComposer<R> composer, ConfigSchema<R> schema, ConfigFolders folders) {
    this.composer = composer;
    this.folders = folders;
    this.root = schema.root();
    this.groups = schema.groups();
    this.usual = new Layers(folders, groups, Map.of(), new ConfigProblems());
    this.keys = RecordKeys.leaves(schema.root());
  }

  /** Returns all keys. */
  public Set<String> keys() {
    return keys.keySet();
  }

  /** Returns the groups that {@code group=option} chooses for; of those within others, the ones that have options. */
  public List<String> groups() {
    return groups.stream()
        .filter(group -> !group.contains("/") || !folders.options(group).isEmpty())
        .toList();
  }

  /** Returns the options of a group, or the presets in a folder of that name. */
  public Set<String> options(String group) {
    return folders.options(group);
  }

  /** Returns the values of a key that can be listed: the words of an enum, true and false, or none. */
  public List<String> words(String key) {
    var type = element(keys.get(key));
    return type == boolean.class || type == Boolean.class
        ? List.of("true", "false")
        : Scalars.words(type);
  }

  /**
   * Explains a key, or all keys of a section.
   *
   * @param name a key, or the name of a section
   * @param arguments those that describe the configuration whose values are shown
   * @throws ConfigException if there is no such key, or the configuration has problems
   */
  public List<Entry> explain(String name, List<String> arguments) {
    var asked = keys().stream()
        .filter(key -> key.equals(name) || key.startsWith(name + "."))
        .toList();
    var map = asked.isEmpty() ? mapOf(name) : Optional.<String>empty();
    if (asked.isEmpty() && map.isEmpty()) {
      throw new ConfigException(List.of(name + " is not a key" + Suggestion.of(name, keys(), "")));
    }
    var standard = composer.compose(List.of());
    var here = arguments.isEmpty() ? standard : composer.compose(arguments);
    return map.map(key -> List.of(entry(key, name, standard, here)))
        .orElseGet(
            () -> asked.stream().map(key -> entry(key, key, standard, here)).toList());
  }

  /** Returns the key of the map of which {@code name} is an entry, or a part of one. */
  private Optional<String> mapOf(String name) {
    return keys.entrySet().stream()
        .filter(key -> key.getValue().getType() == Map.class)
        .map(Map.Entry::getKey)
        .filter(key -> name.startsWith(key + "."))
        .filter(key -> RecordKeys.holder(root, ConfigUtil.splitPath(name)).isPresent())
        .findFirst();
  }

  /** Explains {@code name}, which is {@code key} or lies in the map that it holds. */
  private Entry entry(String key, String name, ResolvedConfig<R> standard, ResolvedConfig<R> here) {
    var comment = comment(key).orElse(new Comment("", ""));
    return new Entry(
        name,
        comment.text(),
        describe(RecordKeys.holder(root, ConfigUtil.splitPath(name)).orElseThrow()),
        range(key, comment.option()),
        standard.value(name),
        here.value(name),
        here.originBelow(name).replace('\n', ' '));
  }

  private static Class<?> element(RecordComponent component) {
    if (RecordKeys.isTextOrList(component)) {
      return String.class;
    }
    return component.getGenericType() instanceof ParameterizedType generic
            && generic.getRawType() != Map.class
        ? (Class<?>) generic.getActualTypeArguments()[0]
        : component.getType();
  }

  private static String describe(RecordComponent component) {
    if (component.getGenericType() instanceof ParameterizedType map
        && map.getRawType() == Map.class) {
      return map.getActualTypeArguments()[1] instanceof Class<?> held && !held.isRecord()
          ? "a section with %s for each name".formatted(Scalars.describe(held))
          : "a section of sections, one for each name";
    }
    var element = Scalars.describe(element(component));
    if (RecordKeys.isTextOrList(component)) {
      return element + ", or a list of them";
    }
    return component.getType() == List.class ? "a list of values, each " + element : element;
  }

  /** Returns the first comment at a key: of the root files, the usual option of its group, and the other options by name. */
  private Optional<Comment> comment(String key) {
    var path = ConfigUtil.splitPath(key);
    var roots = Stream.concat(
        folders.rootFiles().stream(), folders.withRoot(ConfigFolders.ROOT).rootFiles().stream());
    var inRoot =
        roots.flatMap(file -> comment(file, path).map(text -> new Comment(text, "")).stream());
    var inOptions = groups.stream()
        .filter(group -> (key + ".").startsWith(group.replace('/', '.') + "."))
        .flatMap(group -> Stream.concat(usual(group).stream(), folders.options(group).stream())
            .flatMap(option -> folders
                .find(ConfigFolders.file(group, option))
                .flatMap(file -> comment(file, path.subList(group.split("/").length, path.size())))
                .map(text -> new Comment(text, group + "=" + option))
                .stream()));
    return Stream.concat(inRoot, inOptions).findFirst();
  }

  /** Returns the option of a group that is chosen without arguments. */
  public Optional<String> usual(String group) {
    return usual.listed(group).flatMap(Defaults.Choice::option);
  }

  private Optional<String> comment(Path file, List<String> path) {
    ConfigValue value = folders.parse(file, new ConfigProblems()).root();
    for (var part : path) {
      value = value instanceof ConfigObject object ? object.get(part) : null;
    }
    return Optional.ofNullable(value)
        .map(found ->
            found.origin().comments().stream().map(String::strip).collect(Collectors.joining(" ")))
        .filter(text -> !text.isEmpty());
  }

  /** Returns what the records say of values out of range. */
  private String range(String key, String option) {
    var component = keys.get(key);
    if (!Number.class.isAssignableFrom(boxed(element(component)))) {
      return "";
    }
    var limits = new LinkedHashSet<String>();
    for (var extreme : EXTREMES) {
      var arguments = new ArrayList<String>();
      if (!option.isEmpty()) {
        arguments.add(option);
      }
      arguments.add(
          key + "=" + (component.getType() == List.class ? "[" + extreme + "]" : extreme));
      try {
        composer.compose(arguments);
      } catch (ConfigException e) {
        e.problems().forEach(problem -> limit(key, problem).ifPresent(limits::add));
      }
    }
    return String.join(", ", limits);
  }

  private static Optional<String> limit(String key, String problem) {
    var words = key + " must be ";
    int from = problem.indexOf(words);
    return from < 0
        ? Optional.empty()
        : Optional.of(problem.substring(from + words.length()).replaceFirst(", (was|were) .*", ""));
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
