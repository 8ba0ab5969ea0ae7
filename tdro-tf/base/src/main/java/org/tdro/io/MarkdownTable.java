package org.tdro.io;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table in Markdown. What would end a cell inside it is escaped. */
public final class MarkdownTable {
  private final List<String> headings = new ArrayList<>();
  private final List<String> rules = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds columns of words. */
  public MarkdownTable left(String... columns) {
    return columns(List.of(columns), "---");
  }

  /** Adds columns of numbers. */
  public MarkdownTable right(String... columns) {
    return right(List.of(columns));
  }

  /** Adds columns of numbers. */
  public MarkdownTable right(List<String> columns) {
    return columns(columns, "--:");
  }

  private MarkdownTable columns(List<String> columns, String rule) {
    for (var heading : columns) {
      headings.add(heading);
      rules.add(rule);
    }
    return this;
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it does not have a cell for each column
   */
  public MarkdownTable row(List<String> cells) {
    if (cells.size() != headings.size()) {
      throw new IllegalArgumentException(
          "a row of %d cells for %d columns".formatted(cells.size(), headings.size()));
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  /** Adds a row of a name and values. */
  public MarkdownTable row(String name, List<String> values) {
    var cells = new ArrayList<String>(values.size() + 1);
    cells.add(name);
    cells.addAll(values);
    return row(cells);
  }

  /** Returns whether there are no rows. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Returns the lines of the table, each with its end. */
  @Override
  public String toString() {
    var text = new StringBuilder(line(headings)).append('|');
    rules.forEach(rule -> text.append(rule).append('|'));
    text.append('\n');
    rows.forEach(row -> text.append(line(row)));
    return text.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|").replaceAll("\\R", " "))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
