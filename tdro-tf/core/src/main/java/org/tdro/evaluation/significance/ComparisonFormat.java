package org.tdro.evaluation.significance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.evaluation.significance.Comparison.Pair;
import org.tdro.evaluation.significance.Comparison.Row;
import org.tdro.evaluation.significance.Comparison.Table;
import org.tdro.evaluation.significance.Comparison.Test;
import org.tdro.io.Csv;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.MarkdownTable;

/** Forms in which a {@link Comparison} is written. */
public enum ComparisonFormat {
  /** Tables with superscripts as ranx prints them, and the tests of the averages. */
  MARKDOWN,
  /** A line for each comparison of each row, and for each value that is not compared. */
  CSV,
  /** Everything. */
  JSON,
  /** The tables for LaTeX with the package booktabs. */
  LATEX;

  /**
   * Returns the text of a comparison, which ends with a line end.
   *
   * @throws InputException if it is a table and there are more systems than letters
   */
  public String of(Comparison comparison) {
    return switch (this) {
      case MARKDOWN -> new Tables(comparison).markdown();
      case CSV -> csv(comparison);
      case JSON -> Json.pretty(json(comparison)) + "\n";
      case LATEX -> new Tables(comparison).latex();
    };
  }

  /** The tables for readers, where a letter tells each system. */
  private record Tables(Comparison comparison) {
    /** There is no raised q. */
    private static final String LETTERS = "abcdefghijklmnoprstuvwxyz";

    private static final String RAISED = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ";

    Tables {
      if (comparison.systems().size() > LETTERS.length()) {
        throw new InputException(
            "a table has letters for %d systems, but there are %d; --format csv and json have no such limit"
                .formatted(LETTERS.length(), comparison.systems().size()));
      }
    }

    private String heading(int system) {
      var compared = comparison.systems().get(system);
      int runs = compared.runs().size();
      return LETTERS.charAt(system) + " " + compared.name()
          + (runs > 1 ? " (" + runs + (compared.seeds().isEmpty() ? " runs)" : " seeds)") : "");
    }

    private List<String> headings() {
      return IntStream.range(0, comparison.systems().size())
          .mapToObj(this::heading)
          .toList();
    }

    /** Returns the indices of the systems than which one is significantly better in a row. */
    private List<Integer> worse(Row row, int system) {
      var worse = new ArrayList<Integer>();
      for (var pair : row.pairs()) {
        if (pair.isSignificant(comparison.options().test(), comparison.options().alpha())) {
          if (pair.system() == system && pair.difference() > 0) {
            worse.add(pair.other());
          } else if (pair.other() == system && pair.difference() < 0) {
            worse.add(pair.system());
          }
        }
      }
      return worse.stream().sorted().toList();
    }

    private String letters(List<Integer> systems, String from) {
      return systems.stream()
          .map(system -> from.substring(system, system + 1))
          .collect(Collectors.joining());
    }

    /** Returns whether a system's mean is the largest of a row, or is printed like it. */
    private boolean best(Row row, int system) {
      double largest =
          row.cells().stream().mapToDouble(Comparison.Cell::mean).max().orElseThrow();
      return row.cells().size() > 1
          && number(row.cells().get(system).mean()).equals(number(largest));
    }

    private String name(Row row) {
      int sets = row.wholes();
      return row.isSet() ? row.name() : row.name() + " (" + sets + (sets == 1 ? " set)" : " sets)");
    }

    private List<Row> tested(Table table) {
      var averages = table.rows().stream().filter(row -> !row.isSet()).toList();
      return averages.isEmpty() ? table.rows() : averages;
    }

    private String legend() {
      var test = comparison.options().test();
      int pairs = comparison.tables().get(0).rows().get(0).pairs().size();
      var tested = tested(test);
      if (tested.isEmpty()) {
        return "No value is marked: a %s needs %s.".formatted(test.label(), test.need());
      }
      return "Superscripts mark values that are significantly better than that of the system with the letter (%s%s, p at most %s).%s"
          .formatted(
              test.label(),
              tested.size() > 1
                  ? ", Holm's correction for " + tested.size() + " comparisons in each row"
                  : "",
              plain(comparison.options().alpha()),
              tested.size() < pairs
                  ? " Not tested are %s: that needs %s.".formatted(untested(tested), test.need())
                  : "");
    }

    /** Returns the compared systems for which a test could be made in some row. */
    private Set<String> tested(Test test) {
      return comparison.tables().stream()
          .flatMap(table -> table.rows().stream())
          .flatMap(row -> row.pairs().stream())
          .filter(pair -> pair.tests().containsKey(test))
          .map(Tables::compared)
          .collect(Collectors.toSet());
    }

    private String untested(Set<String> tested) {
      return comparison.tables().get(0).rows().get(0).pairs().stream()
          .map(Tables::compared)
          .filter(pair -> !tested.contains(pair))
          .map(pair -> pair.replace("−", "with"))
          .collect(Collectors.joining(", "));
    }

    private static String compared(Pair pair) {
      return LETTERS.charAt(pair.system()) + " − " + LETTERS.charAt(pair.other());
    }

    String markdown() {
      var text = new StringBuilder();
      for (var table : comparison.tables()) {
        var means = new MarkdownTable().left(table.measure()).right(headings());
        for (var row : table.rows()) {
          means.row(
              name(row),
              IntStream.range(0, row.cells().size())
                  .mapToObj(system -> cell(row, system))
                  .toList());
        }
        text.append(means).append('\n');
      }
      if (comparison.systems().size() > 1) {
        text.append(legend()).append("\n\n");
        comparison.tables().forEach(table -> text.append(tests(table)).append('\n'));
      }
      return text.toString().stripTrailing() + "\n";
    }

    private String cell(Row row, int system) {
      var cell = row.cells().get(system);
      var mean = best(row, system) ? "**" + number(cell.mean()) + "**" : number(cell.mean());
      return mean
          + (cell.runs().size() > 1 ? " ± " + number(cell.deviation()) : "")
          + letters(worse(row, system), RAISED);
    }

    private String tests(Table table) {
      var percent = plain(100 * (1 - comparison.options().alpha()));
      var tests = new MarkdownTable()
          .left(table.measure(), "compared")
          .right("difference", percent + " % interval", "p Student", "p Fisher", "p seeds");
      for (var row : tested(table)) {
        for (var pair : row.pairs()) {
          tests.row(Stream.concat(
                  Stream.of(
                      name(row),
                      compared(pair),
                      signed(pair.difference()),
                      signed(pair.interval().low()) + " … "
                          + signed(pair.interval().high())),
                  Stream.of(Test.values()).map(test -> p(pair, test)))
              .toList());
        }
      }
      return tests.toString();
    }

    private static String p(Pair pair, Test test) {
      if (!pair.tests().containsKey(test)) {
        return "–";
      }
      double p = pair.tests().get(test).holm();
      return p < 0.00005 ? "< 0.0001" : number(p);
    }

    String latex() {
      var text = new StringBuilder("% needs \\usepackage{booktabs}\n");
      for (var table : comparison.tables()) {
        int systems = comparison.systems().size();
        text.append("\\begin{table}\n\\centering\n\\begin{tabular}{l")
            .append("r".repeat(systems))
            .append("}\n\\toprule\n")
            .append(latexLine(
                Stream.concat(Stream.of(table.measure()), headings().stream()).map(Tables::escape)))
            .append("\\midrule\n");
        boolean averages = false;
        for (var row : table.rows()) {
          if (!row.isSet() && !averages) {
            text.append("\\midrule\n");
            averages = true;
          }
          text.append(latexLine(Stream.concat(
              Stream.of(escape(name(row))),
              IntStream.range(0, systems).mapToObj(system -> latexCell(row, system)))));
        }
        text.append("\\bottomrule\n\\end{tabular}\n\\caption{")
            .append(
                escape(table.measure() + ". " + (systems > 1 ? legend() : "")).strip())
            .append("}\n\\end{table}\n");
      }
      return text.toString();
    }

    private String latexCell(Row row, int system) {
      var cell = row.cells().get(system);
      var mean = best(row, system) ? "\\textbf{" + number(cell.mean()) + "}" : number(cell.mean());
      var worse = letters(worse(row, system), LETTERS);
      return mean
          + (cell.runs().size() > 1 ? " $\\pm$ " + number(cell.deviation()) : "")
          + (worse.isEmpty() ? "" : "$^{" + worse + "}$");
    }

    private static String latexLine(Stream<String> cells) {
      return cells.collect(Collectors.joining(" & ", "", " \\\\\n"));
    }

    private static String escape(String text) {
      return text.replace("\\", "\\textbackslash ")
          .replaceAll("[&%$#_{}]", "\\\\$0")
          .replace("~", "\\textasciitilde ")
          .replace("^", "\\textasciicircum ");
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String signed(double value) {
      // A rounded 0 has no sign.
      var text = String.format(Locale.ROOT, "%+.4f", value);
      return text.matches("[+-]0\\.0000") ? "0.0000" : text;
    }

    private static String plain(double value) {
      var text = String.format(Locale.ROOT, "%.4f", value);
      return text.replaceFirst("\\.?0+$", "");
    }
  }

  private static String csv(Comparison comparison) {
    var lines = new ArrayList<String>();
    lines.add("measure,row,kind,sets,queries,system,runs,mean,deviation,other,difference,low,high,"
        + Stream.of(Test.values())
            .map(test -> name(test) + "," + name(test) + "_holm")
            .collect(Collectors.joining(",")));
    for (var table : comparison.tables()) {
      for (var row : table.rows()) {
        for (int system = 0; system < row.cells().size(); system++) {
          int index = system;
          var pairs =
              row.pairs().stream().filter(pair -> pair.system() == index).toList();
          if (pairs.isEmpty()) {
            lines.add(Csv.row(value(comparison, table, row, system))
                + ",".repeat(4 + 2 * Test.values().length));
          }
          for (var pair : pairs) {
            var cells = new ArrayList<>(value(comparison, table, row, system));
            cells.add(comparison.systems().get(pair.other()).name());
            cells.add(pair.difference());
            cells.add(pair.interval().low());
            cells.add(pair.interval().high());
            for (var test : Test.values()) {
              var p = pair.tests().get(test);
              cells.add(p == null ? "" : p.raw());
              cells.add(p == null ? "" : p.holm());
            }
            lines.add(Csv.row(cells));
          }
        }
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static List<Object> value(Comparison comparison, Table table, Row row, int system) {
    var cell = row.cells().get(system);
    return List.of(
        table.measure(),
        row.name(),
        name(row.kind()),
        row.wholes(),
        row.queries(),
        comparison.systems().get(system).name(),
        cell.runs().size(),
        cell.mean(),
        cell.runs().size() > 1 ? cell.deviation() : "");
  }

  private static Map<String, Object> json(Comparison comparison) {
    var json = new LinkedHashMap<String, Object>();
    json.put(
        "systems", comparison.systems().stream().map(ComparisonFormat::json).toList());
    json.put(
        "baseline",
        comparison.baseline().isPresent()
            ? comparison.systems().get(comparison.baseline().getAsInt()).name()
            : null);
    var options = comparison.options();
    json.put("test", name(options.test()));
    json.put("correction", "holm");
    json.put("alpha", options.alpha());
    json.put("samples", options.samples().count());
    json.put("seed", options.samples().seed());
    json.put("notes", comparison.notes());
    json.put(
        "tables",
        comparison.tables().stream()
            .map(table -> Map.of(
                "measure",
                table.measure(),
                "rows",
                table.rows().stream().map(row -> json(comparison, row)).toList()))
            .toList());
    return json;
  }

  private static Map<String, Object> json(ComparedSystem system) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", system.name());
    json.put(
        "runs",
        system.runs().stream()
            .map(run -> {
              var of = new LinkedHashMap<String, Object>();
              of.put("name", run.name());
              of.put("seed", run.seed().orElse(null));
              return of;
            })
            .toList());
    return json;
  }

  private static Map<String, Object> json(Comparison comparison, Row row) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", row.name());
    json.put("kind", name(row.kind()));
    json.put("sets", row.sets());
    json.put("queries", row.queries());
    var values = new ArrayList<Object>();
    for (int system = 0; system < row.cells().size(); system++) {
      var cell = row.cells().get(system);
      var value = new LinkedHashMap<String, Object>();
      value.put("system", comparison.systems().get(system).name());
      value.put("mean", cell.mean());
      value.put("deviation", cell.runs().size() > 1 ? cell.deviation() : null);
      value.put("runs", cell.runs());
      values.add(value);
    }
    json.put("values", values);
    json.put(
        "comparisons", row.pairs().stream().map(pair -> json(comparison, pair)).toList());
    return json;
  }

  private static Map<String, Object> json(Comparison comparison, Pair pair) {
    var json = new LinkedHashMap<String, Object>();
    json.put("system", comparison.systems().get(pair.system()).name());
    json.put("other", comparison.systems().get(pair.other()).name());
    json.put("difference", pair.difference());
    json.put("interval", List.of(pair.interval().low(), pair.interval().high()));
    var tests = new LinkedHashMap<String, Object>();
    pair.tests()
        .forEach((test, p) -> tests.put(name(test), Map.of("p", p.raw(), "holm", p.holm())));
    json.put("tests", tests);
    var options = comparison.options();
    json.put("significant", pair.isSignificant(options.test(), options.alpha()));
    return json;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
