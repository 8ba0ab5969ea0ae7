package org.tdro.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tdro.io.Suggestion;

/** Builds records from configuration objects, and collects their problems and the origin of every value. */
final class RecordBinder {
  static final String DEFAULT = "default";

  /** Placeholder for a value that has a problem; its record is not built, but the other components are checked. */
  private static final Object INVALID = new Object();

  private final Class<? extends Record> root;
  private final ConfigProblems problems;
  private final Function<String, Optional<String>> home;
  private final boolean inputsExist;
  private final Map<String, String> origins = new LinkedHashMap<>();
  /** The entry of a map that is being bound: its missing keys are missing there, not in the file of their group. */
  private Optional<ConfigValue> entry = Optional.empty();

  /**
   * Creates a binder of one configuration.
   *
   * @param root the record whose keys are suggested in place of unknown ones
   * @param home returns the file to which a missing key belongs; empty if the missing key is not to be reported
   * @param inputsExist whether every {@link InputFile} must exist
   */
  RecordBinder(
      Class<? extends Record> root,
      ConfigProblems problems,
      Function<String, Optional<String>> home,
      boolean inputsExist) {
    this.root = root;
    this.problems = problems;
    this.home = home;
    this.inputsExist = inputsExist;
  }

  /** Returns the record, or nothing if there were problems. */
  <R extends Record> Optional<R> bind(Class<R> type, ConfigObject object) {
    var bound = section(type, object, "");
    return bound == INVALID ? Optional.empty() : Optional.of(type.cast(bound));
  }

  /** Returns the origin of each value, by key. */
  Map<String, String> origins() {
    return origins;
  }

  /** Reports the keys that {@code type} does not have, without looking at values; returns whether it has them all. */
  boolean checkKeys(Class<?> type, ConfigObject object, String path) {
    var components = RecordKeys.components(type);
    boolean known = true;
    for (var entry : object.entrySet()) {
      var name = entry.getKey();
      var component = components.get(name);
      if (component == null) {
        unknown(path, name, entry.getValue(), components.keySet());
        known = false;
      } else if (entry.getValue() instanceof ConfigObject below) {
        known &= RecordKeys.section(component)
            .map(section -> checkKeys(section, below, RecordKeys.below(path, name)))
            .orElse(true);
      }
    }
    return known;
  }

  /** Returns the record at {@code path}, which has a section of its own. */
  private Object section(Class<?> type, ConfigObject object, String path) {
    var known = RecordKeys.components(type).keySet();
    object.forEach((name, value) -> {
      if (!known.contains(name)) {
        unknown(path, name, value, known);
      }
    });
    return record(type, object, path, "");
  }

  /** Returns the record of the keys of a section that start with {@code prefix}. */
  private Object record(Class<?> type, ConfigObject object, String path, String prefix) {
    var components = RecordKeys.of(type);
    var arguments = new Object[components.size()];
    for (int i = 0; i < arguments.length; i++) {
      var component = components.get(i);
      var inline = component.getAnnotation(Inline.class);
      var key = prefix + RecordKeys.of(component);
      arguments[i] = inline == null
          ? component(component, object.get(key), RecordKeys.below(path, key))
          : record(component.getType(), object, path, prefix + inline.prefix());
    }
    return Arrays.asList(arguments).contains(INVALID)
        ? INVALID
        : construct(type, arguments, path, prefix);
  }

  private Object component(RecordComponent component, ConfigValue value, String path) {
    var bound = value(component.getGenericType(), orDefault(component, value), path);
    var input = component.getAnnotation(InputFile.class);
    if (inputsExist && input != null && bound != INVALID) {
      input(bound)
          .filter(file -> !file.matches(input.words()))
          .forEach(file -> unfit(Path.of(file), input)
              .ifPresent(reason ->
                  problems.add(origins.get(path), path + " names " + file + ", which " + reason)));
    }
    return bound;
  }

  /** Returns what keeps an input from being read, if anything does. */
  private static Optional<String> unfit(Path file, InputFile input) {
    if (!Files.exists(file)) {
      return Optional.of(
          "does not exist" + (input.remedy().isEmpty() ? "" : "; " + input.remedy()));
    }
    return switch (input.value()) {
      case FILE ->
        Files.isDirectory(file) ? Optional.of("is a folder; name a file") : Optional.empty();
      case FOLDER ->
        Files.isDirectory(file) ? Optional.empty() : Optional.of("is a file; name a folder");
      case EITHER -> Optional.empty();
    };
  }

  /** Returns the value, or the {@link Default} of its component. */
  private static ConfigValue orDefault(RecordComponent component, ConfigValue value) {
    var given = component.getAnnotation(Default.class);
    return value == null && given != null && !given.value().isEmpty()
        ? standard(given.value())
        : value;
  }

  /** Reads a default: a list or an object in HOCON, or else the text of a value. */
  private static ConfigValue standard(String value) {
    return value.startsWith("[") || value.startsWith("{")
        ? ConfigFactory.parseString("value = " + value).getValue("value")
        : ConfigValueFactory.fromAnyRef(value, DEFAULT);
  }

  /** Returns the files in a path or string, or in a list or optional of them. */
  private static Stream<String> input(Object bound) {
    if (bound instanceof List<?> files) {
      return files.stream().map(Object::toString);
    }
    if (bound instanceof Optional<?> file) {
      return file.stream().map(Object::toString);
    }
    return Stream.of(bound.toString());
  }

  private void unknown(String path, String name, ConfigValue value, Iterable<String> siblings) {
    var names = new TreeSet<String>();
    siblings.forEach(names::add);
    var suggestion = Suggestion.of(name, names, path.isEmpty() ? "" : path + ".");
    if (suggestion.isEmpty()) {
      suggestion = RecordKeys.all(root).stream()
          .filter(key -> key.endsWith("." + name))
          .findFirst()
          .map(key -> "; did you mean " + key + "?")
          .orElse("");
    }
    problems.add(
        ConfigProblems.where(value.origin()),
        RecordKeys.below(path, name) + " is not known" + suggestion);
  }

  private Object construct(Class<?> type, Object[] arguments, String path, String prefix) {
    var types = RecordKeys.of(type).stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException refusal)) {
        throw new IllegalStateException(e);
      }
      refusal.getMessage().lines().forEach(line -> refused(type, line, path, prefix));
      return INVALID;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reports {@code stepSize must …}, a complaint of the record at {@code path}, as {@code origin: dro.step-size must …}. */
  private void refused(Class<?> type, String line, String path, String prefix) {
    int end = line.indexOf(' ');
    var name = end < 0 ? line : line.substring(0, end);
    var key = (path.isEmpty() ? "" : path + ".") + prefix + RecordKeys.of(type, name);
    var origin = origins.getOrDefault(key, originBelow(key));
    problems.add(
        origin.equals(DEFAULT) ? home.apply(key).orElse(origin) : origin,
        key + line.substring(name.length()));
  }

  /** Returns the origin of an entry of the map at {@code key}. */
  private String originBelow(String key) {
    return origins.keySet().stream()
        .filter(each -> each.startsWith(key + "."))
        .findFirst()
        .map(origins::get)
        .orElse(DEFAULT);
  }

  private Object value(Type type, ConfigValue value, String path) {
    var absent = value == null || value.valueType() == ConfigValueType.NULL;
    if (type instanceof ParameterizedType generic) {
      if (absent) {
        origins.put(path, DEFAULT);
      }
      var arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return absent ? Optional.empty() : optional(arguments[0], value, path);
      }
      if (generic.getRawType() == List.class) {
        return absent ? List.of() : list(arguments[0], value, path);
      }
      if (generic.getRawType() == Map.class) {
        return absent ? Map.of() : map(arguments[1], value, path);
      }
      throw new IllegalStateException("a configuration cannot hold a " + type);
    }
    var plain = (Class<?>) type;
    if (plain.isRecord()) {
      if (absent) {
        return section(plain, ConfigFactory.empty().root(), path);
      }
      return value instanceof ConfigObject object
          ? section(plain, object, path)
          : wrong(value, path, "a section { … }");
    }
    if (absent) {
      entry
          .map(section -> ConfigProblems.where(section.origin()))
          .or(() -> home.apply(path))
          .ifPresent(
              file -> problems.add(file, path + " is missing; it is " + Scalars.describe(plain)));
      return INVALID;
    }
    origins.put(path, ConfigProblems.where(value.origin()));
    return scalar(plain, value, path);
  }

  private Object optional(Type type, ConfigValue value, String path) {
    var bound = value(type, value, path);
    return bound == INVALID ? INVALID : Optional.of(bound);
  }

  private Object list(Type type, ConfigValue value, String path) {
    if (value instanceof ConfigObject) {
      return wrong(value, path, "a list");
    }
    origins.put(path, ConfigProblems.where(value.origin()));
    var elements = value instanceof ConfigList list ? list : List.of(value);
    var bound =
        elements.stream().map(element -> scalar((Class<?>) type, element, path)).toList();
    return bound.contains(INVALID) ? INVALID : bound;
  }

  private Object map(Type type, ConfigValue value, String path) {
    if (!(value instanceof ConfigObject object)) {
      return wrong(value, path, "a section { … }");
    }
    var bound = new LinkedHashMap<String, Object>();
    object.keySet().stream()
        .sorted()
        .forEach(name -> bound.put(name, entry(type, name, object.get(name), path)));
    return bound.containsValue(INVALID) ? INVALID : bound;
  }

  private Object entry(Type type, String name, ConfigValue value, String path) {
    if (value instanceof ConfigObject object
        && type instanceof Class<?> plain
        && plain.isRecord()) {
      var known = RecordKeys.components(plain).keySet();
      var below = object.keySet().stream()
          .filter(key -> !known.contains(key) && object.get(key) instanceof ConfigObject)
          .findFirst();
      if (below.isPresent()) {
        problems.add(
            ConfigProblems.where(object.get(below.get()).origin()),
            "%s is not known; a name with dots needs quotes: %s"
                .formatted(
                    RecordKeys.below(RecordKeys.below(path, name), below.get()),
                    RecordKeys.below(path, name + "." + below.get())));
        return INVALID;
      }
    }
    entry = Optional.of(value);
    var bound = value(type, value, RecordKeys.below(path, name));
    entry = Optional.empty();
    return bound;
  }

  private Object scalar(Class<?> type, ConfigValue value, String path) {
    if (value instanceof ConfigObject
        || value instanceof ConfigList
        || value.valueType() == ConfigValueType.NULL) {
      return wrong(value, path, Scalars.describe(type));
    }
    // The text as it was typed: 2024.10 is not 2024.1.
    var text = value.atKey("value").getString("value");
    return Scalars.parse(type, text).orElseGet(() -> {
      var suggestion = Suggestion.of(text, Scalars.words(type), "");
      problems.add(
          ConfigProblems.where(value.origin()),
          path + " must be " + Scalars.describe(type) + ", was \"" + text + "\"" + suggestion);
      return INVALID;
    });
  }

  private Object wrong(ConfigValue value, String path, String expected) {
    var what = value instanceof ConfigObject
        ? "a section"
        : value instanceof ConfigList ? "a list" : value.render();
    problems.add(
        ConfigProblems.where(value.origin()), path + " must be " + expected + ", was " + what);
    return INVALID;
  }
}
