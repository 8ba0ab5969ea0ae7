package org.tdro.io;

import java.util.ArrayList;
import java.util.List;

/** Rows of comma-separated values (RFC 4180), without the end of the line. */
public final class Csv {
  private Csv() {}

  /** Returns a row; null is an empty cell, and a cell with a comma, quote or end of line is quoted. */
  public static String row(List<?> cells) {
    return String.join(",", cells.stream().map(Csv::cell).toList());
  }

  private static String cell(Object value) {
    var text = value == null ? "" : value.toString();
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Returns the cells of a row: the inverse of {@link #row}. */
  public static List<String> cells(String row) {
    var cells = new ArrayList<String>();
    var cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < row.length(); i++) {
      char c = row.charAt(i);
      if (c == '"') {
        // Two quotes within quotes stand for one; all others delimit.
        if (!quoted && i > 0 && row.charAt(i - 1) == '"') {
          cell.append('"');
        }
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
