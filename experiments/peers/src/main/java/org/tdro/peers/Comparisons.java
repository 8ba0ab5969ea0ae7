package org.tdro.peers;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command {@code compare}, the parent of the comparisons. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    subcommands = {OnnxRuntimeComparison.class, PyTorchComparison.class},
    description =
        "Do the same work with tdro-tf and with another runtime, in turn and in one process.")
final class Comparisons {
  private Comparisons() {}

  /** Runs a comparison. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Comparisons())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments));
  }

  /** Prints to the output of a command. */
  static void print(CommandSpec spec, String pattern, Object... values) {
    spec.commandLine().getOut().printf(Locale.ROOT, pattern, values);
    spec.commandLine().getOut().flush();
  }
}
