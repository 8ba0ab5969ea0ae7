package org.tdro.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that a record gives a configuration. */
final class RecordKeys {
  private RecordKeys() {}

  /** The components by their names in kebab case, as declared. */
  static Map<String, RecordComponent> components(Class<?> type) {
    var components = new LinkedHashMap<String, RecordComponent>();
    for (var component : type.getRecordComponents()) {
      components.put(Names.key(component.getName()), component);
    }
    return components;
  }

  /** The keys that hold sections: each is a group of options. */
  static List<String> groups(Class<?> type) {
    return components(type).entrySet().stream()
        .filter(entry -> entry.getValue().getType().isRecord())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** All keys, those of sections with dots. */
  static List<String> of(Class<?> type) {
    var keys = new ArrayList<String>();
    components(type).forEach((name, component) -> {
      section(component)
          .ifPresentOrElse(
              below -> of(below).forEach(key -> keys.add(name + "." + key)), () -> keys.add(name));
    });
    return keys;
  }

  /** The record that a component holds, or may hold. */
  static Optional<Class<?>> section(RecordComponent component) {
    var type = component.getGenericType() instanceof ParameterizedType generic
            && generic.getRawType() == Optional.class
        ? generic.getActualTypeArguments()[0]
        : component.getType();
    return type instanceof Class<?> plain && plain.isRecord()
        ? Optional.of(plain)
        : Optional.empty();
  }
}
