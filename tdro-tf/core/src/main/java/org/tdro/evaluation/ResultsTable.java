package org.tdro.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.tdro.io.MarkdownTable;

/**
 * A table of values: one row for each evaluation set, one column for each model or measure.
 *
 * @param corner heading of the rows' names, such as the measure
 * @param columns headings of the values
 * @param rows one for each set, with a value for each column
 */
public record ResultsTable(String corner, List<String> columns, List<Row> rows) {
  /**
   * The values of one set.
   *
   * @param values one for each column, NaN where there is none
   */
  public record Row(String name, List<Double> values) {
    public Row {
      values = List.copyOf(values);
    }

    private boolean isComplete() {
      return values.stream().noneMatch(value -> value.isNaN());
    }
  }

  public ResultsTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    for (var row : rows) {
      if (row.values().size() != columns.size()) {
        throw new IllegalArgumentException("row '" + row.name() + "' has "
            + row.values().size() + " values for " + columns.size() + " columns");
      }
    }
  }

  /** Returns the mean of each column over the rows without gaps, so that columns can be compared; empty if there are none. */
  public List<OptionalDouble> averages() {
    return IntStream.range(0, columns.size())
        .mapToObj(column -> rows.stream()
            .filter(Row::isComplete)
            .mapToDouble(row -> row.values().get(column))
            .average())
        .toList();
  }

  /**
   * Returns a Markdown table with four decimals and, if there are at least two rows, the averages as the last row.
   *
   * @param boldBest whether the largest value of each row is bold, and those that are printed like it
   */
  public String toMarkdown(boolean boldBest) {
    var table = new MarkdownTable().left(corner).right(columns);
    rows.forEach(row -> table.row(row.name(), cells(row.values(), boldBest)));
    if (rows.size() > 1) {
      var averages =
          averages().stream().map(average -> average.orElse(Double.NaN)).toList();
      table.row(averageName(), cells(averages, boldBest));
    }
    return table.toString();
  }

  private String averageName() {
    long complete = rows.stream().filter(Row::isComplete).count();
    return complete == rows.size() ? "average" : "average of the " + complete + " without gaps";
  }

  private static List<String> cells(List<Double> values, boolean boldBest) {
    var cells = values.stream().map(ResultsTable::cell).toList();
    var best = values.stream()
        .filter(value -> !value.isNaN())
        .max(Double::compare)
        .map(ResultsTable::cell);
    boolean mark = boldBest && cells.size() > 1;
    return cells.stream()
        .map(cell -> mark && best.filter(cell::equals).isPresent() ? "**" + cell + "**" : cell)
        .toList();
  }

  private static String cell(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4f", value);
  }
}
