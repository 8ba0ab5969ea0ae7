package org.tdro.experiments.ledger;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Splits;
import org.tdro.io.Csv;
import org.tdro.io.Json;
import org.tdro.io.Suggestion;
import org.tdro.training.config.RunConfig;

/**
 * Runs as rows of a table.
 *
 * @param columns the names whose values are shown
 * @param rows the runs, or groups of them
 */
public record RunTable(List<String> columns, List<LedgerRun> rows) {
  /** How many keys of the configuration are shown by default. */
  public static final int SETTINGS = 8;

  private static final int CELL = 40;

  /** The key of the judgements that evaluations use. */
  private static final String SPLIT = "eval.split";

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?");

  public RunTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** Returns a table of all that is known of the rows. */
  public static RunTable whole(List<LedgerRun> rows) {
    var names = new LinkedHashSet<String>();
    for (var kind : Fact.Kind.values()) {
      rows.forEach(row -> row.facts(kind).forEach(fact -> names.add(fact.name())));
    }
    names.remove(RunReading.SETTING);
    return new RunTable(List.copyOf(names), rows);
  }

  /** Returns whether a fact is one for readers. */
  public static boolean isShown(Fact fact) {
    return !fact.name().equals(RunReading.SETTING);
  }

  /**
   * Returns a table of what tells the rows apart: the path, the stage, the state and the seed, the keys of the configuration that
   * differ, at most {@value #SETTINGS} of them, the loss and the means of evaluations.
   */
  public static RunTable ofDifferences(List<LedgerRun> rows) {
    var columns = new ArrayList<String>();
    columns.add(LedgerRun.PATH);
    columns.add(LedgerRun.STAGE);
    if (rows.stream().anyMatch(row -> !row.is(LedgerRun.Status.COMPLETE))) {
      columns.add(LedgerRun.STATUS);
    }
    if (rows.stream().anyMatch(row -> row.value(SeedGroup.SEEDS).isPresent())) {
      columns.add(SeedGroup.SEEDS);
    } else if (differs(rows, LedgerRun.SEED)) {
      columns.add(LedgerRun.SEED);
    }
    differingSettings(rows).stream().limit(SETTINGS).forEach(columns::add);
    var results = new LinkedHashSet<String>();
    rows.forEach(row ->
        row.facts(Fact.Kind.RESULT).map(Fact::name).filter(RunTable::isMain).forEach(results::add));
    columns.addAll(results);
    return new RunTable(columns, rows);
  }

  /** Returns the keys that decide a result and in which the rows differ. */
  public static List<String> differingSettings(List<LedgerRun> rows) {
    var keys = new LinkedHashSet<String>();
    for (var row : rows) {
      row.facts(Fact.Kind.CONFIG).forEach(fact -> keys.add(fact.name()));
    }
    keys.removeAll(RunConfig.SCHEMA.incidentalKeys());
    return keys.stream().filter(key -> differs(rows, key)).toList();
  }

  private static boolean differs(List<LedgerRun> rows, String name) {
    return rows.stream().map(row -> row.value(name)).distinct().limit(2).count() > 1;
  }

  /** Whether a result is the loss or the mean of a measure over all sets. */
  private static boolean isMain(String name) {
    return name.equals(LedgerRun.LOSS)
        || ((name.startsWith(LedgerRun.EVAL) || name.startsWith(LedgerRun.DEVELOPMENT))
            && name.indexOf('.') == name.lastIndexOf('.'));
  }

  /**
   * Returns a table of the named columns. A pattern leaves out names that no row has and keys of the configuration that are equal in all
   * rows, as long as there is anything else of its form.
   *
   * @param asked names, in which {@code *} stands for any characters
   * @param names all names that there are
   * @throws IllegalArgumentException naming one that is not known, and the nearest that is
   */
  public static RunTable of(List<String> asked, Collection<String> names, List<LedgerRun> rows) {
    var columns = new LinkedHashSet<String>();
    for (var name : asked) {
      if (name.contains("*")) {
        var pattern = Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q"));
        if (names.stream().noneMatch(known -> pattern.matcher(known).matches())) {
          throw new IllegalArgumentException("no run has a name like '" + name + "'");
        }
        columns.addAll(matching(pattern, rows));
      } else {
        check(name, names);
        columns.add(name);
      }
    }
    return new RunTable(List.copyOf(columns), rows);
  }

  private static List<String> matching(Pattern pattern, List<LedgerRun> rows) {
    var matching = whole(rows).columns().stream()
        .filter(known -> pattern.matcher(known).matches())
        .toList();
    var settings = rows.stream()
        .flatMap(row -> row.facts(Fact.Kind.CONFIG))
        .map(Fact::name)
        .collect(Collectors.toSet());
    var telling = matching.stream()
        .filter(name -> !settings.contains(name) || differs(rows, name))
        .toList();
    return telling.isEmpty() ? matching : telling;
  }

  /** Returns the message that no run has a name, with the nearest that runs have. */
  static String unknown(String name, Collection<String> names) {
    // A name that only lacks its section, such as step-size, is worth more than one of similar
    // letters.
    return "no run has '" + name + "'"
        + names.stream()
            .filter(known -> known.endsWith("." + name))
            .findFirst()
            .map(known -> "; did you mean " + known + "?")
            .orElseGet(() -> Suggestion.of(name, names, ""));
  }

  private static void check(String name, Collection<String> names) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException(unknown(name, names));
    }
  }

  /**
   * Returns the rows in the order of some columns; rows without a value come last.
   *
   * @param asked names, the most important first; with a minus before it, the largest comes first
   * @throws IllegalArgumentException naming one that is not known, and the nearest that is
   */
  public static List<LedgerRun> sorted(
      List<LedgerRun> rows, List<String> asked, Collection<String> names) {
    var orders = new ArrayList<Comparator<LedgerRun>>();
    for (var by : asked) {
      boolean descending = by.startsWith("-");
      var name = descending ? by.substring(1) : by;
      check(name, names);
      orders.add(Comparator.comparing((LedgerRun row) -> row.value(name).isEmpty())
          .thenComparing((x, y) -> descending ? compare(y, x, name) : compare(x, y, name)));
    }
    return orders.stream()
        .reduce(Comparator::thenComparing)
        .map(order -> rows.stream().sorted(order).toList())
        .orElse(rows);
  }

  private static int compare(LedgerRun a, LedgerRun b, String name) {
    var left = a.number(name);
    var right = b.number(name);
    return left.isPresent() && right.isPresent()
        ? Double.compare(left.getAsDouble(), right.getAsDouble())
        : a.value(name).orElse("").compareTo(b.value(name).orElse(""));
  }

  /**
   * Returns the rows that have a result, the best first: the least of losses, time and memory, the largest of all else.
   *
   * @throws IllegalArgumentException if the name is not known, naming the nearest that is
   */
  public static List<LedgerRun> best(List<LedgerRun> rows, String by, Collection<String> names) {
    check(by, names);
    boolean least =
        by.contains("loss") || by.equals(LedgerRun.SECONDS) || by.equals(LedgerRun.MEMORY);
    var having = rows.stream().filter(row -> isNumber(row, by)).toList();
    return sorted(having, List.of(least ? by : "-" + by), names);
  }

  private static boolean isNumber(LedgerRun row, String name) {
    var number = row.number(name);
    return number.isPresent() && !Double.isNaN(number.getAsDouble());
  }

  /** Returns whether a result was measured on the test judgements of a row's evaluation sets. */
  public static boolean isChosenByTestSets(List<LedgerRun> rows, String by) {
    return by.startsWith(LedgerRun.EVAL)
        && rows.stream()
            .map(row -> Splits.parse(row.value(SPLIT).orElse(EvaluationSet.TEST)))
            .anyMatch(splits -> splits.usual().equals(EvaluationSet.TEST)
                || splits.bySet().containsValue(EvaluationSet.TEST));
  }

  /** Returns the cells of a row for a reader: numbers are rounded, and a deviation follows its mean. */
  public Object[] cells(LedgerRun row) {
    return columns.stream().map(column -> cell(row, column)).toArray();
  }

  /** Shortens long texts, such as lists and paths, to their ends. */
  private static String shortened(String column, String text) {
    return column.equals(LedgerRun.PATH) || text.length() <= CELL
        ? text
        : "…" + text.substring(text.length() - CELL + 1);
  }

  private static String cell(LedgerRun row, String column) {
    boolean result = row.facts(Fact.Kind.RESULT).anyMatch(fact -> fact.name().equals(column));
    var text = row.value(column)
        .map(value -> result ? rounded(column, value) : shortened(column, value))
        .orElse("");
    return text
        + row.value(column + SeedGroup.DEVIATION)
            .map(deviation -> " ±" + rounded(column, deviation))
            .orElse("")
        + row.value(column + SeedGroup.FEWER)
            .map(seeds ->
                " (%s of %s)".formatted(seeds, row.value(SeedGroup.SEEDS).orElse("")))
            .orElse("");
  }

  private static String rounded(String name, String value) {
    var number = LedgerRun.parsed(value);
    if (number.isEmpty() || !Double.isFinite(number.getAsDouble()) || value.matches("-?\\d+")) {
      return value;
    }
    if (name.startsWith(LedgerRun.EVAL) || name.startsWith(LedgerRun.DEVELOPMENT)) {
      return String.format(Locale.ROOT, "%.4f", number.getAsDouble());
    }
    return name.equals(LedgerRun.SECONDS) || name.equals(LedgerRun.MEMORY)
        ? String.format(Locale.ROOT, "%.1f", number.getAsDouble())
        : String.format(Locale.ROOT, "%.5g", number.getAsDouble());
  }

  /** Returns the table as CSV: a header, and exact values. */
  public String toCsv() {
    var text = new StringBuilder();
    text.append(Csv.row(columns)).append('\n');
    for (var row : rows) {
      var cells = columns.stream().map(column -> row.value(column).orElse("")).toList();
      text.append(Csv.row(cells)).append('\n');
    }
    return text.toString();
  }

  /** Returns the table as a JSON list of objects; a row without a value has no such key. */
  public String toJson() {
    return Json.pretty(rows.stream().map(row -> values(row, columns)).toList());
  }

  /** Returns values by name, as JSON's types. */
  public static Map<String, Object> values(LedgerRun row, Collection<String> names) {
    var values = new LinkedHashMap<String, Object>();
    var shown = Set.copyOf(names);
    row.facts().stream()
        .filter(fact -> shown.contains(fact.name()))
        .forEach(fact -> values.put(fact.name(), json(fact.value())));
    return values;
  }

  private static Object json(String value) {
    if (NUMBER.matcher(value).matches()) {
      return new BigDecimal(value);
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> value;
    };
  }
}
