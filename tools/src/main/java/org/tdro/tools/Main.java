package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER_HEADING;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.tdro.experiments.sweep.JobLauncher;
import org.tdro.tools.bench.BenchCommand;
import org.tdro.tools.data.DataCommand;
import org.tdro.tools.data.TokenizerCommand;
import org.tdro.tools.doctor.DoctorCommand;
import org.tdro.tools.models.ExportCommand;
import org.tdro.tools.models.ModelCommand;
import org.tdro.tools.models.ServeCommand;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.retrieval.EncodeCommand;
import org.tdro.tools.retrieval.EvaluateCommand;
import org.tdro.tools.retrieval.IndexCommand;
import org.tdro.tools.retrieval.MetricsCommand;
import org.tdro.tools.retrieval.SearchCommand;
import org.tdro.tools.runs.CompareCommand;
import org.tdro.tools.runs.ReportCommand;
import org.tdro.tools.runs.ReproduceCommand;
import org.tdro.tools.runs.RunsCommand;
import org.tdro.tools.training.ConfigCommand;
import org.tdro.tools.training.MixtureCommand;
import org.tdro.tools.training.PipelineCommand;
import org.tdro.tools.training.QuickstartCommand;
import org.tdro.tools.training.TrainCommand;
import org.tdro.tools.training.WeightsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code tdro}, whose subcommands are the commands of the rooms of this package. */
@Command(
    name = "tdro",
    mixinStandardHelpOptions = true,
    description = "Train dense retrievers on mixtures of datasets and learn the mixture (tDRO).",
    subcommands = {
      QuickstartCommand.class,
      DataCommand.class,
      TokenizerCommand.class,
      TrainCommand.class,
      PipelineCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      RunsCommand.class,
      ReproduceCommand.class,
      ModelCommand.class,
      MixtureCommand.class,
      WeightsCommand.class,
      EncodeCommand.class,
      IndexCommand.class,
      SearchCommand.class,
      ExportCommand.class,
      ServeCommand.class,
      MetricsCommand.class,
      BenchCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    version = "tdro 0.1.0",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro doctor                              can this machine and build train?",
      "  tdro help train                          what a command does, with examples",
      "  tdro config model=mini train.steps=500   the settings of a run, and their origins",
      "  tdro config --explain train.steps        what a setting means",
      "  source <(tdro generate-completion)       complete commands in this shell",
      "",
      "Exit codes: 0 done, 1 failed, 2 bad usage or configuration, 3 bad data.",
    })
public final class Main extends CommandGroup {
  /** The section of help that lists the groups of the configuration. */
  private static final String GROUPS = "groups";

  private static final String CONTINUATION = "      ";

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

  Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    // Numbers and dates look the same everywhere, whatever a library formats with.
    Locale.setDefault(Locale.ROOT);
    // This must come before anything is logged.
    restoreStandardError();
    Interruption.handle(System.err);
    JobLauncher.endWithParent(System.in);
    int code = run(
        arguments,
        new PrintWriter(System.out, true, UTF_8),
        new PrintWriter(System.err, true, UTF_8));
    System.exit(code == ExitCode.OK ? printed() : code);
  }

  /**
   * Returns the exit code of a command that was done: 0, unless what it printed got lost. Print streams swallow failures, so the reason
   * is had by writing once more.
   */
  private static int printed() {
    if (!System.out.checkError()) {
      return ExitCode.OK;
    }
    var reason = "";
    try {
      new FileOutputStream(FileDescriptor.out).write('\n');
    } catch (IOException e) {
      reason = ": " + e.getMessage();
    }
    // A reader that has seen enough, such as head, closes the pipe; that needs no message.
    if (!reason.contains("Broken pipe")) {
      System.err.println("standard output could not be written" + reason);
    }
    return ExitCode.SOFTWARE;
  }

  /** Runs one command, which prints help and results to {@code out} and problems to {@code err}; returns its exit code. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    var main = new Main();
    return commandLine(main)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Failures.report(failure, command, main.stacktrace))
        .setParameterExceptionHandler(Failures::report)
        .setExecutionStrategy(parsed -> {
          // Read by logback.xml when the first logger is made, which is after this.
          if (main.verbose) {
            System.setProperty("tdro.log", "DEBUG");
          }
          refuseUnmatched(parsed);
          return new CommandLine.RunLast().execute(parsed);
        })
        .execute(arguments);
  }

  /** Returns the command and its subcommands. */
  static CommandLine commandLine(Main main) {
    var commandLine =
        new CommandLine(main).setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true);
    version(commandLine, commandLine.getCommandSpec().version());
    words(commandLine);
    var sections = new LinkedHashMap<>(commandLine.getHelpSectionMap());
    sections.put(SECTION_KEY_FOOTER, Main::examples);
    sections.put(GROUPS, ConfigArguments::groups);
    var order = new ArrayList<>(commandLine.getHelpSectionKeys());
    order.add(order.indexOf(SECTION_KEY_FOOTER_HEADING), GROUPS);
    return commandLine.setHelpSectionKeys(order).setHelpSectionMap(sections);
  }

  /** Makes the options of all commands that take constants take them in lower case, and messages name them so. */
  private static void words(CommandLine command) {
    for (var argument : command.getCommandSpec().args()) {
      for (var type : argument.auxiliaryTypes()) {
        if (type.isEnum()) {
          words(command, type.asSubclass(Enum.class));
        }
      }
    }
    command.getSubcommands().values().forEach(Main::words);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // of picocli, which knows the class alone
  private static void words(CommandLine command, Class<? extends Enum> type) {
    var words = new LinkedHashMap<String, Enum>();
    for (var constant : type.getEnumConstants()) {
      words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    command.registerConverter((Class) type, text -> {
      var constant = words.get(text.toLowerCase(Locale.ROOT).replace('_', '-'));
      if (constant == null) {
        throw new CommandLine.TypeConversionException(
            "expected one of %s, was '%s'".formatted(String.join(", ", words.keySet()), text));
      }
      return constant;
    });
  }

  /** Gives all commands below one a version, so that {@code -V} prints it everywhere. */
  private static void version(CommandLine command, String... version) {
    command.getCommandSpec().version(version);
    command.getSubcommands().values().forEach(below -> version(below, version));
  }

  /** Refuses what was not understood of a command line that asks for help, too: {@code tdro trian --help}. */
  private static void refuseUnmatched(CommandLine.ParseResult parsed) {
    for (var command : parsed.asCommandLineList()) {
      var unmatched = command.getUnmatchedArguments();
      if (!unmatched.isEmpty()) {
        throw new UnmatchedArgumentException(command, List.copyOf(unmatched));
      }
    }
  }

  /** Returns the lines of a command's examples, so that they can be copied: a command that is too long goes on after a backslash. */
  private static String examples(CommandLine.Help help) {
    var text = new StringBuilder();
    for (var line : help.commandSpec().usageMessage().footer()) {
      text.append(help.colorScheme()
              .text(fitted(line, help.commandSpec().usageMessage().width())))
          .append(System.lineSeparator());
    }
    return text.toString();
  }

  /** Returns a command in lines of at most {@code width} characters, broken before options and settings. */
  private static String fitted(String line, int width) {
    if (!line.startsWith("  tdro ")) {
      return line;
    }
    var text = new StringBuilder();
    int column = 0;
    for (var part : line.split(" (?=--|'?[a-z][a-z.-]*=)", -1)) {
      // There is room for a backslash at the end.
      if (column > 0 && column + 1 + part.length() > width - 2) {
        text.append(" \\").append(System.lineSeparator());
        part = CONTINUATION + part;
        column = 0;
      } else if (column > 0) {
        part = " " + part;
      }
      text.append(part);
      column += part.length();
    }
    return text.toString();
  }

  /**
   * Sets {@link System#err} to the real standard error, if the launcher names its descriptor in the property {@code tdro.stderr}.
   * Descriptor 2, to which TensorFlow's native library prints, goes through a filter, in which a progress bar, redrawn in one line,
   * would get stuck.
   */
  private static void restoreStandardError() {
    var descriptor = Integer.getInteger("tdro.stderr");
    if (descriptor == null) {
      return;
    }
    try {
      // Opening /dev/fd/N would give a second position in a file that standard output may share:
      // lines would be overwritten.
      var constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      System.setErr(
          new PrintStream(new FileOutputStream(constructor.newInstance(descriptor)), true, UTF_8));
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      // The filtered one remains, in which only the progress bar is late.
      return;
    }
  }
}
