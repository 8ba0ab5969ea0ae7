package org.tdro.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
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

/** Makes records of configuration objects, collecting problems as it goes and the origin of every value. */
final class RecordBinder {
  private static final List<String> KNOWN = RecordKeys.of(TdroConfig.class);

  static final String DEFAULT = "default";

  /** Stands for a value that has a problem; what holds it is not built, and its other parts are still checked. */
  private static final Object INVALID = new Object();

  private final Problems problems;
  private final Function<String, Optional<String>> home;
  private final boolean inputsExist;
  private final Map<String, String> origins = new LinkedHashMap<>();

  /**
   * @param home the file in which a missing key should have been; empty where missing keys are not worth a word
   * @param inputsExist whether every {@link InputFile} must exist
   */
  RecordBinder(Problems problems, Function<String, Optional<String>> home, boolean inputsExist) {
    this.problems = problems;
    this.home = home;
    this.inputsExist = inputsExist;
  }

  /** The record, or nothing where there were problems. */
  <R extends Record> Optional<R> bind(Class<R> type, ConfigObject object) {
    var bound = record(type, object, "");
    return bound == INVALID ? Optional.empty() : Optional.of(type.cast(bound));
  }

  /** Where each value came from, by key. */
  Map<String, String> origins() {
    return origins;
  }

  /** Reports what {@code type} does not know, without looking at values. */
  void checkKeys(Class<?> type, ConfigObject object, String path) {
    var components = RecordKeys.components(type);
    object.forEach((name, value) -> {
      var component = components.get(name);
      if (component == null) {
        unknown(path, name, value, components.keySet());
      } else if (value instanceof ConfigObject below) {
        RecordKeys.section(component)
            .ifPresent(section -> checkKeys(section, below, Names.below(path, name)));
      }
    });
  }

  private Object record(Class<?> type, ConfigObject object, String path) {
    var components = RecordKeys.components(type);
    object.forEach((name, value) -> {
      if (!components.containsKey(name)) {
        unknown(path, name, value, components.keySet());
      }
    });
    var arguments = components.entrySet().stream()
        .map(entry -> component(
            entry.getValue(), object.get(entry.getKey()), Names.below(path, entry.getKey())))
        .toArray();
    return Arrays.asList(arguments).contains(INVALID) ? INVALID : construct(type, arguments, path);
  }

  private Object component(RecordComponent component, ConfigValue value, String path) {
    var bound = value(component.getGenericType(), value, path);
    var input = component.getAnnotation(InputFile.class);
    if (inputsExist && input != null && bound != INVALID) {
      input(bound)
          .filter(file -> !List.of(input.except()).contains(file) && !Files.exists(Path.of(file)))
          .forEach(file ->
              problems.add(origins.get(path), path + " names " + file + ", which does not exist"));
    }
    return bound;
  }

  /** The files in a path or string, or in a list or optional of them. */
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
      suggestion = KNOWN.stream()
          .filter(key -> key.endsWith("." + name))
          .findFirst()
          .map(key -> "; did you mean " + key + "?")
          .orElse("");
    }
    problems.add(
        Problems.where(value.origin()), Names.below(path, name) + " is not known" + suggestion);
  }

  private Object construct(Class<?> type, Object[] arguments, String path) {
    var types = Stream.of(type.getRecordComponents())
        .map(RecordComponent::getType)
        .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException refusal)) {
        throw new IllegalStateException(e);
      }
      refusal.getMessage().lines().forEach(line -> refused(line, path));
      return INVALID;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code stepSize must …}, said by the record at {@code path}, becomes {@code origin: dro.step-size must …}. */
  private void refused(String line, String path) {
    var end = line.indexOf(' ');
    var key = (path.isEmpty() ? "" : path + ".") + Names.key(line.substring(0, end));
    var origin = origins.getOrDefault(key, DEFAULT);
    problems.add(
        origin.equals(DEFAULT) ? home.apply(key).orElse(origin) : origin,
        key + line.substring(end));
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
      throw new IllegalStateException("no configuration value is a " + type);
    }
    var plain = (Class<?>) type;
    if (plain.isRecord()) {
      if (absent) {
        return record(plain, ConfigFactory.empty().root(), path);
      }
      return value instanceof ConfigObject object
          ? record(plain, object, path)
          : wrong(value, path, "a section { … }");
    }
    if (absent) {
      home.apply(path)
          .ifPresent(
              file -> problems.add(file, path + " is missing; it is " + Scalars.describe(plain)));
      return INVALID;
    }
    origins.put(path, Problems.where(value.origin()));
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
    origins.put(path, Problems.where(value.origin()));
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
        .forEach(name -> bound.put(name, value(type, object.get(name), Names.below(path, name))));
    return bound.containsValue(INVALID) ? INVALID : bound;
  }

  private Object scalar(Class<?> type, ConfigValue value, String path) {
    if (value instanceof ConfigObject || value instanceof ConfigList) {
      return wrong(value, path, Scalars.describe(type));
    }
    var text =
        value.valueType() == ConfigValueType.STRING ? (String) value.unwrapped() : value.render();
    return Scalars.parse(type, text).orElseGet(() -> {
      var suggestion = Suggestion.of(text, Scalars.words(type), "");
      problems.add(
          Problems.where(value.origin()),
          path + " must be " + Scalars.describe(type) + ", was \"" + text + "\"" + suggestion);
      return INVALID;
    });
  }

  private Object wrong(ConfigValue value, String path, String expected) {
    var what = value instanceof ConfigObject
        ? "a section"
        : value instanceof ConfigList ? "a list" : value.render();
    problems.add(Problems.where(value.origin()), path + " must be " + expected + ", was " + what);
    return INVALID;
  }
}
