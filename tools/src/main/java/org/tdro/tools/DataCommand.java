package org.tdro.tools;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro data}, the parent of those that prepare training data. */
@Command(
    name = "data",
    description = "Import and inspect training rows.",
    mixinStandardHelpOptions = true,
    subcommands = {DataImportCommand.class, DataStatsCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data import --tokenizer tokenizer.json --out data/arrow data/train",
      "  tdro data stats data/arrow",
    })
public final class DataCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: import or stats");
  }
}
