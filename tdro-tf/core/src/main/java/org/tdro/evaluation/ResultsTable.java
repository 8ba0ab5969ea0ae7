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
 * @param missing names of the sets and parts that belong to a suite and are not there, which the names of the averages tell
 */
public record ResultsTable(
    String corner, List<String> columns, List<Row> rows, List<String> missing) {
  /** A table of all sets there are. */
  public ResultsTable(String corner, List<String> columns, List<Row> rows) {
    this(corner, columns, rows, List.of());
  }

  /** Returns the same table, of which sets and parts of some names are missing. */
  public ResultsTable without(List<String> missing) {
    return new ResultsTable(corner, columns, rows, missing);
  }

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
    missing = List.copyOf(missing);
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
            isWhole(name, parts)
                ? parts.get(0)
                : new Row(
                    "%s, mean of %s parts".formatted(name, of(parts.size(), missingParts(name))),
                    means(parts))));
    return wholes;
  }

  private boolean isWhole(String name, List<Row> parts) {
    return parts.size() == 1 && missingParts(name) == 0;
  }

  private long missingParts(String whole) {
    return missing.stream()
        .filter(name -> EvaluationSet.whole(name).equals(whole))
        .count();
  }

  private static String of(long present, long missing) {
    return missing == 0 ? Long.toString(present) : present + " of " + (present + missing);
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
    for (var named : parts().entrySet()) {
      var parts = named.getValue();
      parts.forEach(row -> table.row(row.name(), cells(row.values(), boldBest)));
      var whole = wholes.get(set++);
      if (!isWhole(named.getKey(), parts)) {
        table.row(whole.name(), cells(whole.values(), boldBest));
      }
    }
    if (wholes.size() > 1 || !missing.isEmpty()) {
      var averages =
          averages().stream().map(average -> average.orElse(Double.NaN)).toList();
      table.row(averageName(wholes), cells(averages, boldBest));
    }
    return table.toString();
  }

  /** The words are those of comparisons, too. */
  private String averageName(List<Row> wholes) {
    long complete = wholes.stream().filter(Row::isComplete).count();
    var present = parts().keySet();
    long absent = missing.stream()
        .map(EvaluationSet::whole)
        .filter(name -> !present.contains(name))
        .distinct()
        .count();
    return complete == wholes.size()
        ? "average (%s sets)".formatted(of(complete, absent))
        : "average (%d sets without gaps)".formatted(complete);
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
