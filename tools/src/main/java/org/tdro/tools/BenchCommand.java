package org.tdro.tools;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench}, the parent of those that measure the cost of training. */
@Command(
    name = "bench",
    description = "Measure what steps of training cost on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {BenchStepCommand.class, BenchMemoryCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench step --shape 64,64,256,4,1024,4,8000",
      "  tdro bench memory --steps 5000",
    })
final class BenchCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: step or memory");
  }
}
