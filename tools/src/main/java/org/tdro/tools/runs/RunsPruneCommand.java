package org.tdro.tools.runs;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.experiments.ledger.Pruning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro runs prune}, which deletes runs. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description = {
      "Delete runs, each folder as a whole. Without --yes it only shows which.",
      "A run stays while it is running, and while another below ROOT that stays names it: as its reference, or for its weights."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro runs prune --where 'status = unfinished'",
      "  tdro runs prune runs/eta --where 'eval.ndcg_cut_10 < 0.3' --yes",
      "  tdro runs prune --where 'path ~ replaced' --yes"
    })
final class RunsPruneCommand implements Callable<Integer> {
  private static final double MIB = 1024 * 1024;

  @Spec
  private CommandSpec spec;

  @Mixin
  private RunsCommand.Selection selection;

  @Option(names = "--yes", description = "Delete them.")
  private boolean yes;

  @Option(names = "--force", description = "Delete also runs that others name.")
  private boolean force;

  @Override
  public Integer call() {
    if (selection.where() == null) {
      throw new ParameterException(
          spec.commandLine(), "--where is missing: it chooses the runs to delete");
    }
    var ledger = selection.read();
    var pruning = Pruning.of(ledger, selection.of(ledger), force);
    var out = spec.commandLine().getOut();
    pruning
        .kept()
        .forEach((run, reason) -> out.println("stays: " + run.path() + ", for " + reason));
    double size = 0;
    for (var run : pruning.removable()) {
      double mib = Pruning.size(run) / MIB;
      size += mib;
      if (yes) {
        Pruning.delete(run);
      }
      out.printf(
          Locale.ROOT, "%s: %s, %.1f MiB%n", yes ? "deleted" : "would be deleted", run.path(), mib);
    }
    out.printf(
        Locale.ROOT,
        "%d %s, %.1f MiB%s%n",
        pruning.removable().size(),
        pruning.removable().size() == 1 ? "run" : "runs",
        size,
        yes || pruning.removable().isEmpty() ? "" : "; add --yes to delete them");
    out.flush();
    return 0;
  }
}
