package org.tdro.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
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

  /**
   * Returns the mean of each column over the sets without gaps, so that columns can be compared; empty if there are none. The mean of the
   * parts of a set counts as one.
   */
  public List<OptionalDouble> averages() {
    var complete = wholes().stream().filter(Row::isComplete).toList();
    return complete.isEmpty()
        ? columns.stream().map(column -> OptionalDouble.empty()).toList()
        : means(complete).stream().map(OptionalDouble::of).toList();
  }

  /** Returns the mean of each column; NaN if a row has none there. */
  private List<Double> means(List<Row> of) {
    return IntStream.range(0, columns.size())
        .mapToObj(column ->
            of.stream().mapToDouble(row -> row.values().get(column)).average().orElse(Double.NaN))
        .toList();
  }

  /** Returns a row for each set: its own, or the mean of its parts. */
  private List<Row> wholes() {
    var wholes = new ArrayList<Row>();
    parts()
        .forEach((name, parts) -> wholes.add(
            parts.size() == 1
                ? parts.get(0)
                : new Row("%s, mean of %d parts".formatted(name, parts.size()), means(parts))));
    return wholes;
  }

  /** Returns the rows of each set, several if it has parts. */
  private Map<String, List<Row>> parts() {
    return rows.stream()
        .collect(Collectors.groupingBy(
            row -> EvaluationSet.whole(row.name()), LinkedHashMap::new, Collectors.toList()));
  }

  /**
   * Returns a Markdown table with four decimals and, if there are at least two sets, the averages as the last row. After the parts of a set
   * comes a row with their mean.
   *
   * @param boldBest whether the largest value of each row is bold, and those that are printed like it
   */
  public String toMarkdown(boolean boldBest) {
    var table = new MarkdownTable().left(corner).right(columns);
    var wholes = wholes();
    int set = 0;
    for (var parts : parts().values()) {
      parts.forEach(row -> table.row(row.name(), cells(row.values(), boldBest)));
      var whole = wholes.get(set++);
      if (parts.size() > 1) {
        table.row(whole.name(), cells(whole.values(), boldBest));
      }
    }
    if (wholes.size() > 1) {
      var averages =
          averages().stream().map(average -> average.orElse(Double.NaN)).toList();
      table.row(averageName(wholes), cells(averages, boldBest));
    }
    return table.toString();
  }

  private static String averageName(List<Row> wholes) {
    long complete = wholes.stream().filter(Row::isComplete).count();
    return complete == wholes.size()
        ? "average of " + complete + " sets"
        : "average of the " + complete + " without gaps";
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
