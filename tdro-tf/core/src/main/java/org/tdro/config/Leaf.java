package org.tdro.config;

import com.typesafe.config.ConfigUtil;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One value of a record tree.
 *
 * @param key its full key
 * @param hocon the value as HOCON; empty for an optional value that is not set
 * @param incidental whether its component, or one above it, is {@link Incidental}
 */
record Leaf(String key, String hocon, boolean incidental) {

  /** The values of {@code root} in the order of its components. */
  static List<Leaf> of(Record root) {
    var leaves = new ArrayList<Leaf>();
    addAll(root, "", false, leaves);
    return leaves;
  }

  private static void addAll(Record record, String path, boolean incidental, List<Leaf> leaves) {
    RecordKeys.components(record.getClass()).forEach((name, component) -> {
      var below = incidental || component.isAnnotationPresent(Incidental.class);
      add(read(component, record), Names.below(path, name), below, leaves);
    });
  }

  private static void add(Object value, String key, boolean incidental, List<Leaf> leaves) {
    if (value instanceof Record record) {
      addAll(record, key, incidental, leaves);
    } else if (value instanceof Optional<?> section
        && section.orElse(null) instanceof Record record) {
      addAll(record, key, incidental, leaves);
    } else if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      var sorted = new TreeMap<String, Object>();
      map.forEach((name, entry) -> sorted.put((String) name, entry));
      sorted.forEach((name, entry) -> add(entry, Names.below(key, name), incidental, leaves));
    } else {
      leaves.add(new Leaf(key, hocon(value), incidental));
    }
  }

  private static String hocon(Object value) {
    if (value instanceof Map<?, ?>) {
      return "{}";
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(Leaf::hocon).orElse("");
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Leaf::hocon).collect(Collectors.joining(", ", "[", "]"));
    }
    var text = Scalars.text(value);
    return value instanceof Number || value instanceof Boolean || value instanceof Enum<?>
        ? text
        : ConfigUtil.quoteString(text);
  }

  private static Object read(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
