package org.tdro.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.data.shards.DomainStatistics;
import org.tdro.data.shards.DomainStatistics.LengthCounts;
import org.tdro.data.shards.TrainingData;
import org.tdro.io.FileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro data stats}, which describes the domains of a folder. */
@Command(
    name = "stats",
    description = {
      "Show sizes and lengths of the domains in a folder.",
      "",
      "Lengths are given as median, 95th percentile and longest: in tokens for imported data, in characters for JSONL files.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  tdro data stats data/train", "  tdro data stats data/arrow"})
public final class DataStatsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      description = "Folder of .jsonl, .jsonl.gz or imported .arrow files.")
  private Path folder;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    if (!isImported()) {
      print(DomainStatistics.ofFiles(List.of(folder)), "characters");
      return 0;
    }
    try (var data = TrainingData.open(folder)) {
      print(DomainStatistics.of(data), "tokens");
    }
    return 0;
  }

  private boolean isImported() {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var files = Files.newDirectoryStream(folder, "*.arrow")) {
      return files.iterator().hasNext();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  private void print(List<DomainStatistics> domains, String unit) {
    var table = new TextTable(
        "domain",
        "rows",
        "fold 0",
        "fold 1",
        "pos/row",
        "neg/row",
        "no negative",
        "query " + unit,
        "passage " + unit);
    for (var domain : domains) {
      table.row(
          domain.domain(),
          domain.rows(),
          domain.firstRows(),
          domain.secondRows(),
          perRow(domain.positives(), domain.rows()),
          perRow(domain.negatives(), domain.rows()),
          domain.rowsWithoutNegatives(),
          lengths(domain.queryLengths()),
          lengths(domain.passageLengths()));
    }
    var rows = domains.stream().mapToLong(DomainStatistics::rows).sum();
    table.row(
        "total",
        rows,
        domains.stream().mapToLong(DomainStatistics::firstRows).sum(),
        domains.stream().mapToLong(DomainStatistics::secondRows).sum(),
        perRow(domains.stream().mapToLong(DomainStatistics::positives).sum(), rows),
        perRow(domains.stream().mapToLong(DomainStatistics::negatives).sum(), rows),
        domains.stream().mapToLong(DomainStatistics::rowsWithoutNegatives).sum(),
        "",
        "");
    var out = spec.commandLine().getOut();
    out.print(table);
    out.flush();
  }

  private static String perRow(long count, long rows) {
    return String.format(Locale.ROOT, "%.2f", (double) count / Math.max(1, rows));
  }

  private static String lengths(LengthCounts lengths) {
    return String.format(
        Locale.ROOT,
        "%d / %d / %d",
        lengths.percentile(0.5),
        lengths.percentile(0.95),
        lengths.max());
  }
}
