package org.tdro.tools.runs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.tdro.experiments.ledger.Ledger;
import org.tdro.experiments.ledger.LedgerRun;
import org.tdro.experiments.ledger.Lineage;
import org.tdro.experiments.ledger.RunFilter;
import org.tdro.experiments.ledger.RunTable;
import org.tdro.experiments.ledger.SeedGroup;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro runs}, the parent of those that work on the runs below a folder. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = "List, filter, compare and prune runs.",
    subcommands = {
      RunsCommand.Listing.class,
      RunsCommand.Best.class,
      RunsShowCommand.class,
      RunsDiffCommand.class,
      RunsPruneCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro runs list",
      "  tdro runs list --where 'model.kind = static and eval.ndcg_cut_10 > 0.4' --sort=-eval.ndcg_cut_10",
      "  tdro runs best --by eval.ndcg_cut_10",
      "  tdro runs show runs/first/dro",
      "  tdro runs diff runs/first/dro runs/second/dro",
      "  tdro runs prune runs/eta --where 'status = unfinished'"
    })
public final class RunsCommand extends CommandGroup {

  /** The runs below a folder that a condition chooses. */
  static final class Selection {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
        paramLabel = "ROOT",
        arity = "0..1",
        defaultValue = "runs",
        description = "The folder whose runs are meant, at any depth (default: ${DEFAULT-VALUE}).")
    private Path root;

    @Option(
        names = "--where",
        paramLabel = "CONDITION",
        description = {
          "Only runs that pass, such as 'model.kind = static and eval.ndcg_cut_10 > 0.4'.",
          "Names are keys of the configuration and those that tdro runs show prints. There are and, or, not, ( ); = != < <= > >=;"
              + " in (a, b); like 'a%%' and ~ regex; NAME exists."
        })
    private String where;

    /** Reads the ledger, and names on standard error what could not be read. */
    Ledger read() {
      var ledger = Ledger.read(root);
      var err = spec.commandLine().getErr();
      ledger.problems().forEach(problem -> err.println("not read: " + problem));
      err.flush();
      return ledger;
    }

    /** Returns the runs that pass. */
    List<LedgerRun> of(Ledger ledger) {
      var filter = filter(ledger.names());
      return ledger.runs().stream().filter(filter).toList();
    }

    private RunFilter filter(Set<String> names) {
      if (where == null) {
        return RunFilter.all();
      }
      try {
        return RunFilter.parse(where, names);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--where: " + e.getMessage(), e);
      }
    }

    /** Returns the condition as it was typed; null if there is none. */
    String where() {
      return where;
    }
  }

  /** The form in which rows are printed. */
  static final class Form {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** At most one of the machine-readable formats. */
    static final class Format {
      @Option(names = "--json", description = "Print a JSON list of objects, with exact values.")
      private boolean json;

      @Option(names = "--csv", description = "Print CSV, with exact values.")
      private boolean csv;
    }

    @ArgGroup
    private Format format;

    @Option(
        names = "--columns",
        split = ",",
        paramLabel = "NAME",
        description =
            "Columns to show; * stands for any characters: 'path,dro.*,eval.*', without keys of the configuration that are equal in"
                + " all rows. By default a table shows what differs between the rows, JSON and CSV everything.")
    private List<String> columns = new ArrayList<>();

    /** Prints rows. */
    void print(List<LedgerRun> rows, Set<String> names) {
      var out = spec.commandLine().getOut();
      if (format != null && format.json) {
        out.println(table(rows, names, RunTable.whole(rows)).toJson());
      } else if (format != null && format.csv) {
        out.print(table(rows, names, RunTable.whole(rows)).toCsv());
      } else if (rows.isEmpty()) {
        note("no runs");
      } else {
        printTable(out, table(rows, names, RunTable.ofDifferences(rows)), rows);
      }
      out.flush();
    }

    private RunTable table(List<LedgerRun> rows, Set<String> names, RunTable standard) {
      if (columns.isEmpty()) {
        return standard;
      }
      try {
        return RunTable.of(columns, names, rows);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--columns: " + e.getMessage(), e);
      }
    }

    private void printTable(PrintWriter out, RunTable table, List<LedgerRun> rows) {
      var text = new TextTable(table.columns().toArray(String[]::new));
      rows.forEach(row -> text.row(table.cells(row)));
      out.print(text);
      if (columns.isEmpty()) {
        var left = new ArrayList<>(RunTable.differingSettings(rows));
        left.removeAll(table.columns());
        if (!left.isEmpty()) {
          note("they also differ in " + String.join(", ", left) + ": see --columns");
        }
      }
    }

    /** Prints a remark on standard error, which does not mix with the rows. */
    void note(String text) {
      spec.commandLine().getErr().println(text);
      spec.commandLine().getErr().flush();
    }
  }

  /** Returns the rows of the groups of runs that differ in the seed alone; runs that are not complete are left out, and counted. */
  private static List<LedgerRun> bySeed(Ledger ledger, List<LedgerRun> runs, Form form) {
    var complete = complete(runs, form);
    return SeedGroup.of(complete, new Lineage(ledger)).stream()
        .map(SeedGroup::row)
        .toList();
  }

  private static List<LedgerRun> complete(List<LedgerRun> runs, Form form) {
    var complete =
        runs.stream().filter(run -> run.is(LedgerRun.Status.COMPLETE)).toList();
    int others = runs.size() - complete.size();
    if (others > 0) {
      form.note(others + (others == 1 ? " run is" : " runs are") + " not complete, and left out");
    }
    return complete;
  }

  /** Returns the names of the ledger, and those that rows of groups have beyond them. */
  private static Set<String> names(Ledger ledger, List<LedgerRun> rows) {
    var names = ledger.names();
    names.addAll(RunTable.whole(rows).columns());
    return names;
  }

  /** The command {@code tdro runs list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "List the runs below a folder, also those of pipelines and sweeps.",
        "Columns are what differs between them. What was read is kept in ROOT/.tdro-runs.jsonl, which may be deleted."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  tdro runs list",
        "  tdro runs list runs/eta --where 'stage = finetune and dro.step-size in (0.01, 0.02)'",
        "  tdro runs list --by-seed --sort=-eval.ndcg_cut_10 --limit 10",
        "  tdro runs list --where 'not eval.ndcg_cut_10 exists' --columns path,status,started,log.*",
        "  tdro runs list --csv"
      })
  static final class Listing implements Callable<Integer> {
    @Mixin
    private Selection selection;

    @Mixin
    private Form form;

    @Option(
        names = "--sort",
        split = ",",
        paramLabel = "NAME",
        description = "Sort by these; --sort=-NAME puts the largest first. By default by path.")
    private List<String> sort = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "N", description = "Show the first N rows.")
    private Integer limit;

    @Option(
        names = "--by-seed",
        description =
            "Show runs that differ in the seed alone as one row: their number, means and standard deviations.")
    private boolean bySeed;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      var ledger = selection.read();
      var runs = selection.of(ledger);
      var rows = bySeed ? bySeed(ledger, runs, form) : runs;
      var names = bySeed ? names(ledger, rows) : ledger.names();
      try {
        rows = RunTable.sorted(rows, sort, names);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--sort: " + e.getMessage(), e);
      }
      int all = rows.size();
      if (limit != null && limit < all) {
        rows = rows.subList(0, Math.max(0, limit));
      }
      form.print(rows, names);
      if (rows.size() < all) {
        form.note(rows.size() + " of " + all + " rows");
      }
      return 0;
    }
  }

  /** The command {@code tdro runs best}. */
  @Command(
      name = "best",
      mixinStandardHelpOptions = true,
      description = {
        "Show the runs with the best value of a result, the best first.",
        "Runs that differ in the seed alone are one row with their mean: the best seed of a setting says little about the setting."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  tdro runs best --by eval.ndcg_cut_10",
        "  tdro runs best runs/eta --by eval.nfcorpus.ndcg_cut_10 --where 'stage = finetune' --limit 3",
        "  tdro runs best --by loss --single --json"
      })
  static final class Best implements Callable<Integer> {
    @Mixin
    private Selection selection;

    @Mixin
    private Form form;

    @Option(
        names = "--by",
        required = true,
        paramLabel = "RESULT",
        description =
            "The result that decides. The least loss, time and memory are best, the largest of all else.")
    private String by;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "10",
        description = "Show the first N rows (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--single", description = "Compare single runs, not means over seeds.")
    private boolean single;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      var ledger = selection.read();
      var names = ledger.names();
      var runs = selection.of(ledger);
      var rows = single ? complete(runs, form) : bySeed(ledger, runs, form);
      List<LedgerRun> sorted;
      try {
        sorted = RunTable.best(rows, by, names);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--by: " + e.getMessage(), e);
      }
      if (sorted.size() < rows.size()) {
        form.note(
            "%d of %d rows have no %s".formatted(rows.size() - sorted.size(), rows.size(), by));
      }
      if (by.equals(LedgerRun.LOG + LedgerRun.LOSS)) {
        form.note(
            "log.loss is the loss of the last batch, which is mostly noise; --by loss compares its mean over the last tenth of the steps");
      }
      form.print(
          sorted.subList(0, Math.min(Math.max(0, limit), sorted.size())), names(ledger, rows));
      if (RunTable.isChosenByTestSets(sorted, by)) {
        form.note(
            "%s is measured on test sets: a setting chosen by it looks better than it is. Choose by development queries, and report the test sets once."
                .formatted(by));
      }
      return 0;
    }
  }
}
