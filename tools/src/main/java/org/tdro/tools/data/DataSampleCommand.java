package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tdro.io.Json;
import org.tdro.rows.selection.RowSample;
import org.tdro.rows.selection.RowSample.Counts;
import org.tdro.tools.options.TextTable;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro data sample}, which draws a part of each domain's rows. */
@Command(
    name = "sample",
    description = {
      "Draw a part of each domain's rows.",
      "",
      "A hash of the seed and the query id decides about a row, so it does not depend on other rows, and a larger sample holds every "
          + "smaller one of the same seed. Rows stay in their order, with their ids, queries, passages and scores. Queries that must not leak into training: tdro data split.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data sample data/train --rows 1000 --output data/small",
      "  tdro data sample data/train --share 0.1 --seed 7 --output data/tenth",
    })
final class DataSampleCommand implements Callable<Integer> {
  @Mixin
  private TrainingFiles files;

  @ArgGroup(multiplicity = "1")
  private Size size;

  private static final class Size {
    @Option(
        names = "--rows",
        paramLabel = "N",
        description = "At most so many rows of each domain.")
    private Long rows;

    @Option(
        names = "--share",
        paramLabel = "P",
        description = "Each row with this probability, above 0 and at most 1.")
    private Double share;
  }

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "The seed of the choice (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin
  private RowOutputOptions output;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    output.check(files);
    var sample = sample();
    SortedMap<String, Counts> counts;
    try (var phase = output.rows("rows")) {
      var rows = files.domains(phase::add);
      counts = sample.write(rows, output.folder(), this::record);
    }
    var out = spec.commandLine().getOut();
    if (output.json()) {
      out.println(Json.pretty(counts));
    } else {
      var table = new TextTable("domain", "rows", "drawn");
      counts.forEach((domain, of) -> table.row(domain, of.rows(), of.drawn()));
      table.row(
          "total",
          counts.values().stream().mapToLong(Counts::rows).sum(),
          counts.values().stream().mapToLong(Counts::drawn).sum());
      out.print(table);
      counts.forEach((domain, of) -> {
        if (of.drawn() == 0) {
          out.printf("%s: no row was drawn, so there is no file of it%n", domain);
        }
      });
    }
    out.flush();
    return 0;
  }

  private RowSample sample() {
    return Usage.checked(
        spec,
        "--",
        () -> new RowSample(
            size.share != null
                ? new RowSample.Size.Share(size.share)
                : new RowSample.Size.Rows(size.rows),
            seed));
  }

  private Object record(SortedMap<String, Counts> counts) {
    return new TreeMap<String, Object>(Map.of(
        "command",
        "tdro data sample",
        "input",
        files.places().stream().map(Path::toString).toList(),
        size.share != null ? "share" : "rows",
        size.share != null ? (Object) size.share : size.rows,
        "seed",
        seed,
        "domains",
        counts));
  }
}
