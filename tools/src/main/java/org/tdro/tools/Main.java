package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code tdro}. */
@Command(
    name = "tdro",
    mixinStandardHelpOptions = true,
    description = "Trains dense retrievers on mixtures of datasets and learns the mixture (tDRO).",
    subcommands = {
      QuickstartCommand.class,
      DataCommand.class,
      TokenizerCommand.class,
      TrainCommand.class,
      PipelineCommand.class,
      EvaluateCommand.class,
      WeightsCommand.class,
      EncodeCommand.class,
      ExportCommand.class,
      ServeCommand.class,
      MetricsCommand.class,
      BenchCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      GenerateCompletion.class
    },
    version = "tdro 0.1.0",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro doctor                              whether this machine and build can train",
      "  tdro config model=mini train.steps=500   what a run would be, and why",
      "  source <(tdro generate-completion)       complete commands in this shell",
      "",
      "Exit codes: 0 done, 1 failed, 2 bad usage or configuration, 3 bad data.",
    })
public final class Main implements Runnable {
  @Spec
  private CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log more.")
  private boolean verbose;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where in the code a failure happened.")
  private boolean stacktrace;

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    // Numbers and dates look the same everywhere, whatever a library formats with.
    Locale.setDefault(Locale.ROOT);
    // Before anything is logged.
    StandardError.restore();
    System.exit(run(
        arguments,
        new PrintWriter(System.out, true, UTF_8),
        new PrintWriter(System.err, true, UTF_8)));
  }

  /** Runs one command, with help and results to {@code out} and complaints to {@code err}, and returns its exit code. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    var main = new Main();
    return new CommandLine(main)
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Failures.report(failure, command, main.stacktrace))
        .setParameterExceptionHandler(Failures::report)
        .setExecutionStrategy(parsed -> {
          // Read by logback.xml when the first logger is made, which is after this.
          if (main.verbose) {
            System.setProperty("tdro.log", "DEBUG");
          }
          return new CommandLine.RunLast().execute(parsed);
        })
        .execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
