package org.tdro.config;

import com.typesafe.config.ConfigUtil;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys that records give a configuration: in kebab case, with dots between the parts. */
final class RecordKeys {
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  /** Reflection makes the components anew at each call, which takes most of the time of reading a configuration. */
  private static final ClassValue<List<RecordComponent>> COMPONENTS = new ClassValue<>() {
    @Override
    protected List<RecordComponent> computeValue(Class<?> type) {
      return List.of(type.getRecordComponents());
    }
  };

  private static final ClassValue<Map<String, RecordComponent>> BY_KEY = new ClassValue<>() {
    @Override
    protected Map<String, RecordComponent> computeValue(Class<?> type) {
      var components = new LinkedHashMap<String, RecordComponent>();
      addAll(type, "", components);
      return Collections.unmodifiableMap(components);
    }
  };

  private RecordKeys() {}

  /** Returns the components of a record in their order. */
  static List<RecordComponent> of(Class<?> record) {
    return COMPONENTS.get(record);
  }

  /** Returns {@code batchSize} as {@code batch-size}. */
  static String kebab(String component) {
    return HUMP.matcher(component).replaceAll("-").toLowerCase(Locale.ROOT);
  }

  /** Returns the key of a component within its record. */
  static String of(RecordComponent component) {
    var key = component.getAnnotation(Key.class);
    return key == null ? kebab(component.getName()) : key.value();
  }

  /** Returns the key of the component called {@code name}, or {@code name} in kebab case if the record has no such component. */
  static String of(Class<?> type, String name) {
    return of(type).stream()
        .filter(component -> component.getName().equals(name))
        .findFirst()
        .map(RecordKeys::of)
        .orElseGet(() -> kebab(name));
  }

  /** Returns the key {@code name} under {@code parent}, which is empty for the root; a name with dots is quoted. */
  static String below(String parent, String name) {
    var last = ConfigUtil.joinPath(name);
    return parent.isEmpty() ? last : parent + "." + last;
  }

  /** Returns the components that have a key of their own in a section of {@code type}, by key. */
  static Map<String, RecordComponent> components(Class<?> type) {
    return BY_KEY.get(type);
  }

  private static void addAll(Class<?> type, String prefix, Map<String, RecordComponent> to) {
    for (var component : of(type)) {
      var inline = component.getAnnotation(Inline.class);
      if (inline != null) {
        addAll(component.getType(), prefix + inline.prefix(), to);
      } else if (to.put(prefix + of(component), component) != null) {
        throw new IllegalStateException(
            "two components have the key " + prefix + of(component) + ", one of them in " + type);
      }
    }
  }

  /** Returns the keys of a section of {@code type} in the order in which they are written. */
  static List<String> ordered(Class<?> type) {
    var keys = components(type).keySet();
    var order = type.getAnnotation(KeyOrder.class);
    if (order == null) {
      return List.copyOf(keys);
    }
    var ordered = List.of(order.value());
    if (ordered.size() != keys.size() || !Set.copyOf(ordered).equals(keys)) {
      throw new IllegalStateException(
          "@KeyOrder of " + type + " must name every key once; the keys are " + keys);
    }
    return ordered;
  }

  /** Returns all keys below a root record, those of sections with dots. */
  static List<String> all(Class<?> type) {
    return List.copyOf(leaves(type).keySet());
  }

  /** Returns the components below a root record that hold no section, by their full keys. */
  static Map<String, RecordComponent> leaves(Class<?> type) {
    var leaves = new LinkedHashMap<String, RecordComponent>();
    var components = components(type);
    for (var name : ordered(type)) {
      var component = components.get(name);
      section(component)
          .ifPresentOrElse(
              below -> leaves(below).forEach((key, leaf) -> leaves.put(name + "." + key, leaf)),
              () -> leaves.put(name, component));
    }
    return leaves;
  }

  /** Returns the sections of a root record that always exist, and all sections within others, with slashes between the parts. */
  static List<String> sections(Class<?> root) {
    var sections = new ArrayList<String>();
    components(root).forEach((name, component) -> {
      if (component.getType().isRecord()) {
        sections.add(name);
        addSections(component.getType(), name + "/", sections);
      }
    });
    return sections;
  }

  private static void addSections(Class<?> type, String prefix, List<String> to) {
    components(type)
        .forEach((name, component) -> section(component).ifPresent(below -> {
          to.add(prefix + name);
          addSections(below, prefix + name + "/", to);
        }));
  }

  /** Returns the component that holds the value of a key; the entries of a map are held by the map. */
  static Optional<RecordComponent> holder(Class<?> root, List<String> path) {
    Type type = root;
    Optional<RecordComponent> holder = Optional.empty();
    for (var part : path) {
      if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
        type = generic.getActualTypeArguments()[1];
      } else if (type instanceof Class<?> record && record.isRecord()) {
        holder = Optional.ofNullable(components(record).get(part));
        if (holder.isEmpty()) {
          return holder;
        }
        type = held(holder.get());
      } else {
        return Optional.empty();
      }
    }
    return holder;
  }

  /** Returns the type of a component's value; that of an optional one if there is a value. */
  static Type held(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType generic
            && generic.getRawType() == Optional.class
        ? generic.getActualTypeArguments()[0]
        : component.getGenericType();
  }

  /** Whether a component takes a text or a list of texts. */
  static boolean isTextOrList(RecordComponent component) {
    return component.getType() == Optional.class
        && held(component) instanceof ParameterizedType list
        && list.getRawType() == List.class
        && list.getActualTypeArguments()[0] == String.class;
  }

  /** Returns the record that a component holds, or may hold. */
  static Optional<Class<?>> section(RecordComponent component) {
    return held(component) instanceof Class<?> plain && plain.isRecord()
        ? Optional.of(plain)
        : Optional.empty();
  }
}
