package org.tdro.tools.training;

import java.io.PrintWriter;
import org.tdro.experiments.sweep.JobLauncher;
import org.tdro.experiments.sweep.Sweep;
import org.tdro.experiments.sweep.SweptCommand;
import org.tdro.tools.options.ConfigArguments;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that can be run for many configurations. */
final class MultirunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-m", "--multirun"},
      description = {
        "Run once for each combination of swept values: key=a,b, key=choice(a,b), key=range(1,6), key=interval(0,1).",
        "output is the folder of all jobs; settings are those of sweep. See docs/sweeps.md."
      })
  private boolean multirun;

  @Option(
      names = "--dry-run",
      description = "With --multirun: check all jobs and print them and what they share.")
  private boolean dryRun;

  /**
   * Returns whether the command is to be run for many configurations.
   *
   * @throws ParameterException if only a dry run was asked for
   */
  boolean isOn() {
    if (dryRun && !multirun) {
      throw new ParameterException(
          spec.commandLine(), "--dry-run prints the jobs of a sweep; add -m");
    }
    return multirun;
  }

  /** Runs a command for many configurations and returns the exit code. */
  int run(SweptCommand command, ConfigArguments arguments, PrintWriter out) {
    var sweep =
        new Sweep(command, arguments.composer(), arguments.options(), arguments.overrides());
    if (dryRun) {
      sweep.describe().forEach(out::println);
      out.flush();
      return ExitCode.OK;
    }
    var outcome = sweep.run(JobLauncher.of(spec.root().userObject().getClass()), System.err);
    out.println(outcome.summary());
    out.flush();
    return outcome.failed() > 0 || outcome.stopped() ? ExitCode.SOFTWARE : ExitCode.OK;
  }
}
