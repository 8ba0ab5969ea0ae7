package org.tdro.tools;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro tokenizer}, the parent of those that make tokenizers. */
@Command(
    name = "tokenizer",
    description = "Learn a vocabulary from training rows.",
    mixinStandardHelpOptions = true,
    subcommands = TokenizerTrainCommand.class,
    footerHeading = "%nExamples:%n",
    footer = "  tdro tokenizer train --vocabulary-size 32000 --out tokenizer.json data/train")
public final class TokenizerCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: train");
  }
}
