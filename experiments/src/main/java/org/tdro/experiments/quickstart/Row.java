package org.tdro.experiments.quickstart;

import java.util.LinkedHashMap;
import java.util.Map;

/** Puts a fact row together: columns added by name, from other tables or drawn. */
final class Row {
  private final Map<String, String> values = new LinkedHashMap<>();

  /** A row about that entity. */
  Row(String entity) {
    values.put("entity", entity);
  }

  /** A row that starts as a copy. */
  Row(Map<String, String> values) {
    this.values.putAll(values);
  }

  Row with(String column, String value) {
    values.put(column, value);
    return this;
  }

  Row with(String column, int value) {
    return with(column, Integer.toString(value));
  }

  Row with(Map<String, String> others) {
    values.putAll(others);
    return this;
  }

  Map<String, String> values() {
    return values;
  }
}
