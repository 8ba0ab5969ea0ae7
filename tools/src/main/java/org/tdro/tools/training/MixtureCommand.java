package org.tdro.tools.training;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.tdro.config.ConfigException;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.runs.RunFolder;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.options.TextTable;
import org.tdro.training.MixtureAudit;
import org.tdro.training.PipelineReport;
import org.tdro.training.StageTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro mixture}, the parent of those that look at a mixture of domains. */
@Command(
    name = "mixture",
    mixinStandardHelpOptions = true,
    description = "Look at the domains of a mixture.",
    subcommands = MixtureCommand.Audit.class)
public final class MixtureCommand extends CommandGroup {
  /** The command {@code tdro mixture audit}, which finds the domains that had better be left out. */
  @Command(
      name = "audit",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Find out what a model learns on each domain, and which domains look like junk.",
        "",
        "Two short runs are trained, each on a half of the rows. On rows that they have not seen, a positive that does not belong to its query has"
            + " a rank like a guess; that is how mispaired rows are counted. Copies, and rows that other domains have too, are counted in the files."
            + " The output folder gets audit.json, audit.md, and audited_weights.json with equal shares of the domains that are not suspected.",
        "After an interruption, run it again with the same arguments to continue."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  tdro mixture audit data=FOLDER train.steps=300 output=runs/audit",
        "  tdro mixture audit --first runs/first/reference --second runs/first/dro output=runs/audit",
        "  tdro train stage=finetune data=FOLDER data.weights=runs/audit/audited_weights.json output=runs/audited"
      })
  static final class Audit implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigArguments arguments;

    @Option(
        names = "--first",
        paramLabel = "RUN",
        description =
            "A complete run that was trained on a half of the rows, such as a cross-fitted pipeline's reference, instead of training one.")
    private Path first;

    @Option(
        names = "--second",
        paramLabel = "RUN",
        description = "A complete run that was trained on the other half, such as its stage dro.")
    private Path second;

    @Option(
        names = "--rows",
        paramLabel = "N",
        defaultValue = "" + MixtureAudit.ROWS,
        description =
            "Look at N rows of each half of a domain at most (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Mixin
    private Overwriting overwriting;

    @Mixin
    private ProgressOptions progress;

    @Override
    public Integer call() {
      checkUsage();
      arguments.shownAs(progress);
      var folder = arguments.composer().compose(arguments.overrides()).config().output();
      checkFree(folder);
      if (first == null && !train()) {
        return 1;
      }
      var audit = first == null
          ? new MixtureAudit(folder.resolve("first"), folder.resolve("second"), System.err)
          : new MixtureAudit(first, second, System.err);
      if (audit.rows(rows).wouldReplace(folder)) {
        checkReplaced(folder);
      }
      print(audit.write(folder), folder);
      return 0;
    }

    private static void checkFree(Path folder) {
      if (Files.exists(new RunFolder(folder).record())
          || Files.exists(PipelineReport.file(folder))) {
        throw new ConfigException(List.of(
            "output names %s, which holds a run or a pipeline; name another folder for the audit"
                .formatted(folder)));
      }
    }

    private void checkReplaced(Path folder) {
      if (!overwriting.isAllowed()) {
        throw usage(
            "output: %s holds the audit of other runs, or of another number of rows; name another folder, or add --overwrite to replace it"
                .formatted(folder));
      }
    }

    private void checkUsage() {
      if ((first == null) != (second == null)) {
        throw usage("--first and --second belong together");
      }
      if (rows < 2) {
        throw usage("--rows must be at least 2, was " + rows);
      }
      if (first != null
          && !arguments.overrides().stream().allMatch(each -> each.startsWith("output="))) {
        throw usage("the runs of --first and --second have their settings; give output=DIR alone");
      }
    }

    private ParameterException usage(String message) {
      return new ParameterException(spec.commandLine(), message);
    }

    /** Trains both runs and returns whether they are complete. */
    private boolean train() {
      for (var run : MixtureAudit.runs(arguments.composer(), arguments.overrides())) {
        var training = new StageTraining(run, System.err, new SimpleMeterRegistry());
        if (training.run() == StageTraining.Outcome.INTERRUPTED) {
          return false;
        }
      }
      return true;
    }

    private void print(AuditReport report, Path folder) {
      var table = new TextTable(
          "domain",
          "suspicion",
          "start",
          "unseen",
          "seen",
          "chance",
          "mispaired",
          "contradicted",
          "copies",
          "verdict");
      for (var domain : report.domains()) {
        var losses = domain.losses();
        table.row(
            domain.domain(),
            number(domain.suspicion()) + (domain.suspected() ? "*" : " "),
            losses == null ? "" : number(losses.start()),
            losses == null ? "" : number(losses.unseen()),
            losses == null ? "" : number(losses.seen()),
            losses == null ? "" : number(losses.chance()),
            losses == null ? "" : number(domain.mispaired().value()),
            domain.contradicted() == null ? "" : number(domain.contradicted().value()),
            number(domain.repeated().copyShare()),
            domain.verdict());
      }
      var out = spec.commandLine().getOut();
      out.print(table);
      out.printf(
          "%s%naudit: %s%nweights: %s%n",
          report.summary(), AuditReport.file(folder), AuditReport.weights(folder));
      for (var domain : report.domains()) {
        if (domain.suspected()) {
          out.printf("rows of %s that fit least, as the models read them:%n", domain.domain());
          domain.worst().stream()
              .flatMap(row -> row.lines().stream())
              .forEach(line -> out.println("  " + line));
        }
      }
      report.cautions().forEach(out::println);
      out.flush();
    }

    private static String number(double value) {
      return "%.2f".formatted(value);
    }
  }
}
