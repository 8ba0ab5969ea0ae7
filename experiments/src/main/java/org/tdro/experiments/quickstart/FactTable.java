package org.tdro.experiments.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reader of the tab-separated tables in the folder of this class, whose first lines name the columns. */
final class FactTable {
  private FactTable() {}

  /** Returns the rows of {@code name.tsv} in the order of the file, each a map from column to value. */
  static List<Map<String, String>> read(String name) {
    var lines = lines(name + ".tsv");
    var columns = lines.get(0).split("\t", -1);
    var rows = new ArrayList<Map<String, String>>();
    for (int i = 1; i < lines.size(); i++) {
      var values = lines.get(i).split("\t", -1);
      if (values.length != columns.length) {
        throw new IllegalStateException(name + ".tsv:" + (i + 1) + ": " + values.length
            + " columns, expected " + columns.length);
      }
      var row = new LinkedHashMap<String, String>();
      for (int c = 0; c < columns.length; c++) {
        row.put(columns[c], values[c]);
      }
      rows.add(row);
    }
    return rows;
  }

  /** Returns one column of {@code name.tsv}. */
  static List<String> column(String name, String column) {
    return read(name).stream().map(row -> row.get(column)).toList();
  }

  private static List<String> lines(String file) {
    try (var stream = FactTable.class.getResourceAsStream(file)) {
      if (stream == null) {
        throw new IllegalStateException(file + " is missing from the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
