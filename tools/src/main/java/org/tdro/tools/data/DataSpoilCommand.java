package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.tdro.experiments.spoiling.Junk;
import org.tdro.experiments.spoiling.Spoiling;
import org.tdro.tools.options.Overwriting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro data spoil}, which plants junk in training rows. */
@Command(
    name = "spoil",
    description = {
      "Plant junk in training rows, to see whether it is found.",
      "",
      "shuffled: answers to other questions of the file. swapped: a row's answer and one of its negatives are exchanged. "
          + "off-topic: answers from another file. copies: rows that say again what others say. Rows are chosen by the seed and their "
          + "place in the file. The others stay as they are.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data spoil data/train/acl.jsonl --kind shuffled --output data/spoilt/acl.jsonl",
      "  tdro data spoil data/train/acl.jsonl --kind swapped --share 0.2 --seed 1 --output data/spoilt/acl.jsonl",
      "  tdro data spoil data/train/acl.jsonl --kind off-topic --from data/train/trivia.jsonl --output data/spoilt/acl.jsonl",
    })
final class DataSpoilCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The rows, .jsonl or .jsonl.gz.")
  private Path input;

  @Option(
      names = "--kind",
      required = true,
      paramLabel = "KIND",
      description = "shuffled, swapped, off-topic or copies.")
  private Junk kind;

  @Option(
      names = "--share",
      defaultValue = "1",
      paramLabel = "P",
      description =
          "The probability with which a row is spoiled, above 0 and at most 1 (default: ${DEFAULT-VALUE}).")
  private double share;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "The seed of all choices (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--from",
      paramLabel = "OTHERFILE",
      description = "off-topic: the rows of another domain, whose answers are taken.")
  private Path from;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The file to write; compressed if its name ends in .gz.")
  private Path output;

  @Mixin
  private Overwriting overwriting;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    overwriting.check("--output", output);
    var counts = spoiling().write(input, output);
    var out = spec.commandLine().getOut();
    out.printf(
        "%s: %d of %d rows are %s%n", output, counts.spoiled(), counts.rows(), kind.description());
    out.flush();
    return 0;
  }

  private Spoiling spoiling() {
    try {
      return new Spoiling(kind, share, seed, Optional.ofNullable(from));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage().replaceAll("(?m)^", "--"), e);
    }
  }
}
