package org.tdro.experiments.quickstart;

import java.util.LinkedHashMap;
import java.util.Map;

/** Builder of a fact row, to which columns are added by name. */
final class Row {
  private final Map<String, String> values = new LinkedHashMap<>();

  /** Starts a row about an entity. */
  Row(String entity) {
    values.put("entity", entity);
  }

  /** Starts a row as a copy. */
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
