package org.tdro.tools.runs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.experiments.ledger.Ledger;
import org.tdro.experiments.ledger.LedgerRun;
import org.tdro.experiments.ledger.RunDifference;
import org.tdro.experiments.ledger.RunDifference.Value;
import org.tdro.io.Json;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro runs diff}, which compares two runs. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "Show what differs between two runs: configuration, data, code and machine; and the results of both.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro runs diff runs/first/dro runs/second/dro",
      "  tdro runs diff runs/first/dro runs/second/dro --json"
    })
final class RunsDiffCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
  private Path first;

  @Parameters(index = "1", paramLabel = "RUN", description = "The folder of another.")
  private Path second;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    var difference = RunDifference.of(Ledger.run(first), Ledger.run(second));
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(difference));
    } else {
      print(out, "configuration", difference.settings());
      print(out, "configuration, without effect on the weights", difference.incidental());
      print(out, "data and other inputs", difference.inputs());
      print(out, "code and machine", difference.versions());
      if (difference.isNone()) {
        out.println("the same run, of the same program on the same machine");
        out.println();
      }
      printResults(out, difference.results());
    }
    out.flush();
    return 0;
  }

  private void print(PrintWriter out, String title, List<Value> values) {
    if (values.isEmpty()) {
      return;
    }
    var table = new TextTable(title, first.toString(), second.toString());
    values.forEach(
        value -> table.row(value.name(), shortened(value.here()), shortened(value.there())));
    out.println(table);
  }

  private void printResults(PrintWriter out, List<Value> values) {
    var table = new TextTable("results", first.toString(), second.toString(), "change");
    for (var value : values) {
      var here = LedgerRun.parsed(value.here());
      var there = LedgerRun.parsed(value.there());
      table.row(
          value.name(),
          value.here(),
          value.there(),
          here.isPresent() && there.isPresent()
              ? change(there.getAsDouble() - here.getAsDouble())
              : "");
    }
    out.print(table);
  }

  private static String change(double change) {
    return String.format(Locale.ROOT, "%+.4g", change);
  }

  /** Shortens fingerprints, of which the beginning is enough to tell them apart. */
  private static String shortened(String value) {
    if (value.isEmpty()) {
      return "-";
    }
    return value.matches("[0-9a-f]{64}") ? value.substring(0, 12) : value;
  }
}
