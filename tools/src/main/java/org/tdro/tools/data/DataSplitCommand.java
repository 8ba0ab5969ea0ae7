package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.tdro.evaluation.sets.BeirWriter;
import org.tdro.io.Json;
import org.tdro.rows.selection.RowSplit;
import org.tdro.rows.selection.RowSplit.Counts;
import org.tdro.tools.options.TextTable;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro data split}, which holds queries out of training data for evaluation. */
@Command(
    name = "split",
    description = {
      "Hold queries of each domain out for evaluation, so that nothing leaks.",
      "",
      "Rows with the same query or with a positive in common, in any domain, directly or through other rows, all stay in training or all "
          + "go; texts are the same if they are equal after normalisation. Held-out positives are taken out of the negatives that stay. "
          + "Groups of such rows are drawn by the seed; one that is larger than what is to be held out stays in training.",
      "",
      "Writes DIR/train/DOMAIN.jsonl and, as beir, DIR/eval/DOMAIN, a set whose documents are all passages of the domain, or, as rows, "
          + "DIR/heldout/DOMAIN.jsonl. A query of a set whose id is also that of another text gets q- before it, since evaluation takes a "
          + "document with the id of a query for the query itself.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data split data/train --share 0.05 --seed 1 --output data/split",
      "  tdro data split acl.jsonl news.jsonl --queries 200 --as rows --output data/split",
    })
final class DataSplitCommand implements Callable<Integer> {
  /** The form of held-out rows. */
  private enum Form {
    BEIR,
    ROWS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin
  private TrainingFiles files;

  @ArgGroup(multiplicity = "1")
  private Size size;

  private static final class Size {
    @Option(
        names = "--share",
        paramLabel = "P",
        description = "The part of each domain's rows that is held out, such as 0.05.")
    private Double share;

    @Option(
        names = "--queries",
        paramLabel = "N",
        description = "The number of each domain's rows that is held out.")
    private Long queries;
  }

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "The seed of the choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--as",
      defaultValue = "beir",
      paramLabel = "FORM",
      description =
          "The form of what is held out: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Form form;

  @Mixin
  private RowOutputOptions output;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    output.check(files);
    var split = split();
    SortedMap<String, Counts> counts;
    try (var phase = output.rows("rows")) {
      var rows = files.domains(phase::add);
      counts = form == Form.BEIR
          ? split.write(rows, output.folder(), "eval", BeirWriter::open, this::record)
          : split.write(rows, output.folder(), "heldout", RowSplit.asRows(), this::record);
    }
    var out = spec.commandLine().getOut();
    if (output.json()) {
      out.println(Json.pretty(counts));
    } else {
      print(counts);
    }
    out.flush();
    return 0;
  }

  private RowSplit split() {
    return Usage.checked(
        spec,
        "--",
        () -> new RowSplit(
            size.share != null
                ? new RowSplit.Size.Share(size.share)
                : new RowSplit.Size.Queries(size.queries),
            seed));
  }

  private Object record(SortedMap<String, Counts> counts) {
    return new TreeMap<String, Object>(Map.of(
        "command",
        "tdro data split",
        "rows",
        files.places().stream().map(Path::toString).toList(),
        size.share != null ? "share" : "queries",
        size.share != null ? (Object) size.share : size.queries,
        "seed",
        seed,
        "as",
        form.toString(),
        "domains",
        counts));
  }

  private void print(SortedMap<String, Counts> counts) {
    var table = new TextTable(
        "domain",
        "rows",
        "train",
        "held out",
        "wanted",
        "groups",
        "largest group",
        "negatives taken out",
        "left without");
    counts.forEach((domain, of) -> table.row(
        domain,
        of.rows(),
        of.rows() - of.heldOut(),
        of.heldOut(),
        of.wanted(),
        of.groups(),
        of.largestGroup(),
        of.negativesTakenOut(),
        of.rowsWithoutNegatives()));
    var all = List.copyOf(counts.values());
    long rows = sum(all, Counts::rows);
    long heldOut = sum(all, Counts::heldOut);
    table.row(
        "total",
        rows,
        rows - heldOut,
        heldOut,
        sum(all, Counts::wanted),
        "",
        "",
        sum(all, Counts::negativesTakenOut),
        sum(all, Counts::rowsWithoutNegatives));
    var out = spec.commandLine().getOut();
    out.print(table);
    counts.forEach((domain, of) -> {
      if (2 * of.largestGroup() > of.rows() && of.heldOut() < of.largestGroup()) {
        out.printf(
            Locale.ROOT,
            "%s: one group holds %d of its %d rows, connected by equal queries and positives; it stays in training%n",
            domain,
            of.largestGroup(),
            of.rows());
      }
      if (of.heldOut() < of.wanted()) {
        out.printf(
            Locale.ROOT,
            "%s: %d of the wanted %d rows are held out, since no other group is small enough%s%n",
            domain,
            of.heldOut(),
            of.wanted(),
            of.heldOut() == 0 ? "; there is no evaluation set of it" : "");
      }
      if (of.renamedQueries() > 0) {
        out.printf(
            Locale.ROOT,
            "%s: %d held-out queries have %s before their ids, which are also those of documents%n",
            domain,
            of.renamedQueries(),
            BeirWriter.QUERY_PREFIX);
      }
    });
  }

  private static long sum(List<Counts> counts, ToLongFunction<Counts> number) {
    return counts.stream().mapToLong(number).sum();
  }
}
