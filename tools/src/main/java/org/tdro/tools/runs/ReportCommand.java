package org.tdro.tools.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.experiments.report.Report;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.mixing.SizeShares;
import org.tdro.tools.options.Overwriting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro report}, which writes a page on runs. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Write a report on runs, pipelines or sweeps: one HTML file that any browser shows, without a network.",
      "",
      "It holds the evaluation tables with tests, a table of all runs, charts of settings against results, the curves of each"
          + " training, and what the runs were made from."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro report runs/first",
      "  tdro report runs/eta --baseline runs/eta/0:uniform --measures nDCG@10 --output eta.html --overwrite"
    })
public final class ReportCommand implements Callable<Integer> {
  /** Up to so many systems, each is compared with each. */
  private static final int PAIRS = 4;

  @Spec
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      arity = "1..*",
      description =
          "The folder of a run, a pipeline or a sweep; all runs in it count, at any depth.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "report.html",
      description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "The heading (default: the folders).")
  private String title;

  @Mixin
  private ComparisonOptions comparison;

  @Mixin
  private Overwriting overwriting;

  @Override
  public Integer call() {
    overwriting.check("--output", output);
    AtomicWrite.checkWritable(output);
    var options = comparison.options();
    var report = Report.of(folders);
    if (title != null && !title.isBlank()) {
      report.titled(title);
    }
    compare(report, options);
    report.write(output);
    var err = spec.commandLine().getErr();
    report.notes().forEach(err::println);
    err.flush();
    spec.commandLine().getOut().println(output);
    spec.commandLine().getOut().flush();
    return 0;
  }

  private void compare(Report report, Comparison.Options options) {
    var runs = comparison.runs(List.of());
    folders.forEach(folder -> report.noting(runs.addFound(folder)));
    if (runs.isEmpty()) {
      return;
    }
    var baseline = comparison.baseline(runs);
    var names = runs.systems().stream().map(ComparedSystem::name).toList();
    if (baseline.isEmpty() && names.size() > PAIRS) {
      int first = Math.max(0, names.indexOf(SizeShares.UNIFORM));
      baseline = OptionalInt.of(first);
      spec.commandLine()
          .getErr()
          .printf("compared with %s; --baseline names another system%n", names.get(first));
    }
    report.noting(runs.notes());
    try {
      report.comparing(Comparison.of(runs.systems(), baseline, options));
    } catch (InputException e) {
      report.noting(List.of("results cannot be compared; make a report for each group of runs"));
      report.noting(e.problems());
    }
  }
}
