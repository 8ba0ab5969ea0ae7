package org.tdro.tools;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tdro data}: what is done with training data before training. */
@Command(
    name = "data",
    description = "Import training rows, look at what they hold.",
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
    throw new ParameterException(spec.commandLine(), "say what to do: import or stats");
  }
}
