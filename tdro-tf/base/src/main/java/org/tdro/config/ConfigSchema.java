package org.tdro.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a program's configuration looks like: its root record, and how files and arguments may be laid over one another beyond
 * what the record says itself. Components of the root that are records are groups: folders of option files.
 *
 * @param <R> the root record
 */
public final class ConfigSchema<R extends Record> {
  private final Class<R> root;
  private final Map<String, FolderArgument> folderArguments = new LinkedHashMap<>();
  private final Map<String, String> sectionsOfVariants = new LinkedHashMap<>();
  private String presets = "";
  private Variants variants;

  /**
   * A component, an enum, each of whose values has a section of its own.
   *
   * @param key the component's
   * @param section holds a section for each value
   */
  record Variants(String key, String section, List<String> words) {}

  /** What {@code group=FOLDER} sets, and what the folder has in it. */
  private record FolderArgument(String key, String content) {}

  /** A schema of that record alone. */
  public ConfigSchema(Class<R> root) {
    this.root = root;
  }

  /** Lets the argument {@code name=PRESET} lay a file of the folder {@code name} over those of the groups. */
  public ConfigSchema<R> presets(String name) {
    presets = name;
    return this;
  }

  /**
   * Lets files and arguments set values for one value of the enum {@code key} alone, as {@code section.VALUE.group.key}.
   *
   * @throws IllegalArgumentException if the root has no such component
   */
  public ConfigSchema<R> variants(String key, String section) {
    variants = new Variants(key, section, Scalars.words(type(root, key)));
    return this;
  }

  /**
   * Lets the argument {@code group=FOLDER} stand for {@code group.key=FOLDER}.
   *
   * @param content what is in such a folder, for messages
   * @throws IllegalArgumentException if the root has no such group or key
   */
  public ConfigSchema<R> folderArgument(String group, String key, String content) {
    type(type(root, group), key);
    folderArguments.put(group, new FolderArgument(key, content));
    return this;
  }

  /**
   * Leaves {@code group} out of fingerprints unless the variant is {@code word}: no other reads it.
   *
   * @throws IllegalArgumentException if the root has no such group
   */
  public ConfigSchema<R> decisiveOnlyFor(String word, String group) {
    type(root, group);
    sectionsOfVariants.put(group, word);
    return this;
  }

  private static Class<?> type(Class<?> record, String key) {
    var component = RecordKeys.components(record).get(key);
    if (component == null) {
      throw new IllegalArgumentException(record + " has no component " + key);
    }
    return component.getType();
  }

  Class<R> root() {
    return root;
  }

  /** Returns the keys of the root that hold sections. */
  List<String> groups() {
    return RecordKeys.components(root).entrySet().stream()
        .filter(entry -> entry.getValue().getType().isRecord())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the name of the argument that chooses a preset; empty if there is none. */
  String presets() {
    return presets;
  }

  Optional<Variants> variants() {
    return Optional.ofNullable(variants);
  }

  boolean takesFolder(String group) {
    return folderArguments.containsKey(group);
  }

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
    return variant.equals(sectionsOfVariants.getOrDefault(group, variant));
  }
}
