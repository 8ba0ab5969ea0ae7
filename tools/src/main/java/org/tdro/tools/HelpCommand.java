package org.tdro.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code tdro help}, which prints what {@code --help} after a command prints. */
@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    description = "Show the help of tdro or of one of its commands.",
    footerHeading = "%nExamples:%n",
    footer = {"  tdro help", "  tdro help data import"})
final class HelpCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "COMMAND", description = "The command, and its command if it has any.")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() {
    var command = spec.commandLine().getParent();
    for (var name : names) {
      var below = command.getSubcommands().get(name);
      if (below == null) {
        throw new UnmatchedArgumentException(command, List.of(name));
      }
      command = below;
    }
    command.usage(command.getOut());
    return 0;
  }
}
