package org.tdro.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys that a record gives a configuration. */
final class RecordKeys {
  private RecordKeys() {}

  /** The components by their names in kebab case, as declared. */
  static Map<String, RecordComponent> components(Class<?> type) {
    var components = new LinkedHashMap<String, RecordComponent>();
    for (var component : type.getRecordComponents())
      components.put(Names.key(component.getName()), component);
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
      if (component.getType().isRecord()) {
        of(component.getType()).forEach(key -> keys.add(name + "." + key));
      } else {
        keys.add(name);
      }
    });
    return keys;
  }
}
