package org.tdro.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The form of a program's configuration: its root record, and what files and arguments may do beyond setting its keys. Components
 * of the root that are records are groups, each with a folder of option files.
 *
 * @param <R> the root record
 */
public final class ConfigSchema<R extends Record> {
  private final Class<R> root;
  private final String presets;
  private final Optional<Variants> variants;
  private final Map<String, FolderArgument> folderArguments;
  private final Map<String, String> readers;
  private final Map<String, Function<String, Map<String, ?>>> derived;
  private final String properties;

  /**
   * An enum component with a section for each of its values.
   *
   * @param key of the component
   * @param section holds a section for each value
   */
  record Variants(String key, String section, List<String> words) {}

  /** The key that {@code group=FOLDER} sets, and the content of such a folder. */
  private record FolderArgument(String key, String content) {}

  /** Creates a schema of a record alone. */
  public ConfigSchema(Class<R> root) {
    this(root, "", Optional.empty(), Map.of(), Map.of(), Map.of(), "");
  }

  private ConfigSchema(
      Class<R> root,
      String presets,
      Optional<Variants> variants,
      Map<String, FolderArgument> folderArguments,
      Map<String, String> readers,
      Map<String, Function<String, Map<String, ?>>> derived,
      String properties) {
    this.root = root;
    this.presets = presets;
    this.variants = variants;
    this.folderArguments = folderArguments;
    this.readers = readers;
    this.derived = derived;
    this.properties = properties;
  }

  /** Returns a schema in which a file of the folder {@code name}, chosen by {@code name=PRESET}, overrides the files of the groups. */
  public ConfigSchema<R> presets(String name) {
    return new ConfigSchema<>(root, name, variants, folderArguments, readers, derived, properties);
  }

  /**
   * Returns a schema in which files and arguments may set values for one value of the enum {@code key} alone, as
   * {@code section.VALUE.group.key}.
   *
   * @throws IllegalArgumentException if the root has no such component
   */
  public ConfigSchema<R> variants(String key, String section) {
    var added = new Variants(key, section, Scalars.words(type(root, key)));
    return new ConfigSchema<>(
        root, presets, Optional.of(added), folderArguments, readers, derived, properties);
  }

  /**
   * Returns a schema in which the argument {@code group=FOLDER} is short for {@code group.key=FOLDER}.
   *
   * @param content the content of such a folder, for messages
   * @throws IllegalArgumentException if the root has no such group or key
   */
  public ConfigSchema<R> folderArgument(String group, String key, String content) {
    type(type(root, group), key);
    var added = with(folderArguments, group, new FolderArgument(key, content));
    return new ConfigSchema<>(root, presets, variants, added, readers, derived, properties);
  }

  /**
   * Returns a schema whose fingerprints leave {@code group} out unless the variant is {@code word}, the only one that reads it.
   *
   * @throws IllegalArgumentException if the root has no such group
   */
  public ConfigSchema<R> decisiveOnlyFor(String word, String group) {
    type(root, group);
    return new ConfigSchema<>(
        root, presets, variants, folderArguments, with(readers, group, word), derived, properties);
  }

  /**
   * Returns a schema in which what {@code key} names, such as a folder, has values of its own for some keys. They replace the defaults that
   * come with the program, but nothing that the user has set.
   *
   * @param values returns a tree of sections and values, empty if there is nothing to take; throws an {@link
   *     org.tdro.io.InputException}, which becomes a problem of the key
   */
  public ConfigSchema<R> defaultsFrom(String key, Function<String, Map<String, ?>> values) {
    return new ConfigSchema<>(
        root, presets, variants, folderArguments, readers, with(derived, key, values), properties);
  }

  /**
   * Returns a schema in which system properties {@code prefix.KEY} come before the arguments: {@code -Dprefix.key=value} is
   * {@code key=value}.
   */
  public ConfigSchema<R> systemProperties(String prefix) {
    return new ConfigSchema<>(
        root, presets, variants, folderArguments, readers, derived, prefix + ".");
  }

  private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
    var added = new HashMap<>(map);
    added.put(key, value);
    return Map.copyOf(added);
  }

  private static Class<?> type(Class<?> record, String key) {
    var component = RecordKeys.components(record).get(key);
    if (component == null) {
      throw new IllegalArgumentException(record + " has no component " + key);
    }
    return component.getType();
  }

  /** Returns all keys, those of sections with dots, in the order in which they are written. Entries of maps are not among them. */
  public List<String> keys() {
    return RecordKeys.all(root);
  }

  /** Returns the keys that do not decide the result of a run: those of {@link Incidental} components and what is below them. */
  public Set<String> incidentalKeys() {
    var keys = new HashSet<String>();
    addIncidental(root, "", false, keys);
    return keys;
  }

  private static void addIncidental(
      Class<?> type, String path, boolean incidental, Set<String> to) {
    RecordKeys.components(type).forEach((key, component) -> {
      boolean below = incidental || component.isAnnotationPresent(Incidental.class);
      var full = path.isEmpty() ? key : path + "." + key;
      RecordKeys.section(component)
          .ifPresentOrElse(section -> addIncidental(section, full, below, to), () -> {
            if (below) {
              to.add(full);
            }
          });
    });
  }

  /** Returns the keys that name files or folders to read, each with a regular expression of the words that it takes instead. */
  public Map<String, String> inputs() {
    var inputs = new HashMap<String, String>();
    RecordKeys.leaves(root).forEach((key, component) -> {
      var input = component.getAnnotation(InputFile.class);
      if (input != null) {
        inputs.put(key, input.words());
      }
    });
    return inputs;
  }

  Class<R> root() {
    return root;
  }

  /** Returns the names of the groups: the keys of sections, with slashes between the parts. */
  List<String> groups() {
    return RecordKeys.sections(root);
  }

  /** Returns what the names of system properties that are arguments begin with; empty if none are. */
  String properties() {
    return properties;
  }

  /** Returns the name of the argument that chooses a preset; empty if there is none. */
  String presets() {
    return presets;
  }

  Optional<Variants> variants() {
    return variants;
  }

  /** Returns, by the key that names something, the function of {@link #defaultsFrom}. */
  Map<String, Function<String, Map<String, ?>>> derived() {
    return derived;
  }

  /** Whether {@code group=FOLDER} is allowed. */
  boolean takesFolder(String group) {
    return folderArguments.containsKey(group);
  }

  /** Returns the content of the folders that {@code group} takes. */
  String folderContent(String group) {
    return folderArguments.get(group).content();
  }

  /** Returns the key that {@code group=text} sets, if {@code text} is a folder. */
  Optional<List<String>> folderKey(String group, String text) {
    return isFolder(text)
        ? Optional.of(List.of(group, folderArguments.get(group).key()))
        : Optional.empty();
  }

  private static boolean isFolder(String text) {
    try {
      return Files.isDirectory(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether a configuration of that variant reads the top-level group. */
  boolean isDecisive(String group, String variant) {
    return variant.equals(readers.getOrDefault(group, variant));
  }
}
