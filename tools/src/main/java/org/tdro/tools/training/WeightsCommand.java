package org.tdro.tools.training;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tdro.mixing.replay.DomainWeightReplay;
import org.tdro.mixing.replay.ReplayScenario;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.Overwriting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code tdro weights}, the parent of those that compute domain weights without a model. */
@Command(
    name = "weights",
    mixinStandardHelpOptions = true,
    description = "Compute domain weights without a model.",
    subcommands = WeightsCommand.Replay.class)
public final class WeightsCommand extends CommandGroup {
  /** The command {@code tdro weights replay}, which computes the weight trajectory of recorded losses. */
  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Compute the trajectory of domain weights from recorded losses, with the code used in training.",
        "The input is JSON with options (under the published code's names), run, domains, initial and"
            + " micro_batches (domain_ids, lm_loss, ref_loss); the output has micro_batches, updates and"
            + " final_files."
      },
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:done",
        "1:the output cannot be written",
        "2:bad usage",
        "3:the input is missing or malformed"
      },
      footerHeading = "%nExample:%n",
      footer = "  tdro weights replay --input scenario.json --output trajectory.json")
  static final class Replay implements Callable<Integer> {
    @Option(
        names = "--input",
        required = true,
        paramLabel = "SCENARIO.json",
        description = "Recorded losses and the options of the run.")
    private Path input;

    @Option(
        names = "--output",
        required = true,
        paramLabel = "OUT.json",
        description = "The trajectory to write.")
    private Path output;

    @Mixin
    private Overwriting overwriting;

    @Override
    public Integer call() {
      overwriting.check("--output", output);
      try (var replay = new DomainWeightReplay(ReplayScenario.read(input))) {
        replay.run().write(output);
      }
      return 0;
    }
  }
}
