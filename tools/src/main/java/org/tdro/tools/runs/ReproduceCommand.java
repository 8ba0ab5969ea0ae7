package org.tdro.tools.runs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.experiments.ledger.Reproduction;
import org.tdro.experiments.ledger.RunDifference.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro reproduce}, which trains a run again and compares. */
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = {
      "Train a run again from its recorded configuration, in a new folder, and compare the two to the bit.",
      "First it is said what is not as it was: data, revision, versions, machine. Start it where the run was started."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the two are equal",
      "1:they are not, or it was not trained",
      "2:bad usage, or an input is missing",
      "3:there is no complete run"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro reproduce runs/first/finetune-top70",
      "  tdro reproduce runs/first/dro --check",
      "  tdro reproduce runs/first/dro --output runs/again"
    })
public final class ReproduceCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The folder of a complete run.")
  private Path run;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder of the new run (default: RUN.reproduced). An interrupted one is continued.")
  private Path output;

  @Option(
      names = "--check",
      description = "Only say what is not as it was; the exit code is 0 if all is.")
  private boolean check;

  @Option(names = "--anyway", description = "Train also if inputs are not what they were.")
  private boolean anyway;

  @Override
  public Integer call() {
    var folder = output == null ? beside() : output;
    var reproduction = Reproduction.of(run, folder);
    var out = spec.commandLine().getOut();
    var inputs = reproduction.inputs();
    var versions = reproduction.versions();
    print(out, "input", inputs);
    print(out, "made with", versions);
    if (inputs.isEmpty() && versions.isEmpty()) {
      out.println("inputs, versions and machine are as they were");
    }
    out.flush();
    if (check) {
      return inputs.isEmpty() && versions.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
    if (!inputs.isEmpty() && !anyway) {
      spec.commandLine()
          .getErr()
          .println("not trained: other inputs make another run; add --anyway to see by how much");
      return ExitCode.SOFTWARE;
    }
    return reproduction.train(System.err) ? compare(reproduction, folder) : ExitCode.SOFTWARE;
  }

  private int compare(Reproduction reproduction, Path folder) {
    var out = spec.commandLine().getOut();
    var comparison = reproduction.compare();
    comparison.differences().forEach(difference -> out.println("differs: " + difference));
    out.printf(
        Locale.ROOT,
        "%s and %s %s: %d of %d files%n",
        folder,
        run,
        comparison.differences().isEmpty() ? "are equal" : "differ",
        comparison.equal().size(),
        comparison.equal().size() + comparison.differences().size());
    out.flush();
    return comparison.differences().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Path beside() {
    var absolute = run.toAbsolutePath().normalize();
    var beside = absolute.getFileName() + ".reproduced";
    return run.getFileName() == null
            || !run.normalize().equals(run)
            || run.toString().isEmpty()
        ? absolute.resolveSibling(beside)
        : run.resolveSibling(beside);
  }

  private static void print(PrintWriter out, String what, List<Value> values) {
    for (var value : values) {
      out.printf(
          Locale.ROOT,
          "%s %s: %s now, %s then%n",
          what,
          value.name(),
          shown(value.here()),
          shown(value.there()));
    }
  }

  private static String shown(String value) {
    return value.isEmpty() ? "not recorded" : value;
  }
}
