package org.tdro.tools.bench;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.tdro.experiments.bench.DuplicateBenchmark;
import org.tdro.experiments.bench.DuplicateBenchmark.Change;
import org.tdro.io.Json;
import org.tdro.tools.options.NearnessOptions;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench dedup}, which measures the search for duplicate texts. */
@Command(
    name = "dedup",
    description = {
      "Measure the search of tdro data dedup among generated texts: its time, and which changed copies it finds.",
      "",
      "One text in fifty is a copy of a known one with other case, other punctuation, two words swapped, a word left out, or a word "
          + "replaced by another one.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench dedup",
      "  tdro bench dedup --texts 100000 --known 1000000 --words 100 --jaccard 0.8",
      "  tdro bench dedup --distance 2",
    })
final class BenchDedupCommand implements Callable<Integer> {
  @Option(
      names = "--texts",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Texts that are looked for (default: ${DEFAULT-VALUE}).")
  private int texts;

  @Option(
      names = "--known",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Texts in which they are looked for (default: ${DEFAULT-VALUE}).")
  private int known;

  @Option(
      names = "--words",
      defaultValue = "20",
      paramLabel = "N",
      description =
          "Words of a text; some have up to half as many more (default: ${DEFAULT-VALUE}).")
  private int words;

  @Mixin
  private NearnessOptions near;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that search (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    var result = benchmark().run();
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(result));
      out.flush();
      return 0;
    }
    var table = new TextTable("change", "copies", "found");
    for (var change : Change.values()) {
      table.row(
          change.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          result.planted().getOrDefault(change, 0),
          result.found().getOrDefault(change, 0));
    }
    out.print(table);
    out.printf(
        Locale.ROOT,
        "%d others were found; %.1f s to index %d texts, %.1f s to look for %d%s%n",
        result.others(),
        result.buildSeconds(),
        known,
        result.searchSeconds(),
        texts,
        result.peakMib().isPresent()
            ? String.format(
                Locale.ROOT, "; peak memory %.0f MiB", result.peakMib().getAsDouble())
            : "");
    out.flush();
    return 0;
  }

  private DuplicateBenchmark benchmark() {
    try {
      return new DuplicateBenchmark(
          texts, known, words, words / 2 + 1, near.nearness(), threads, 0);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage().replaceAll("(?m)^", "--"), e);
    }
  }
}
