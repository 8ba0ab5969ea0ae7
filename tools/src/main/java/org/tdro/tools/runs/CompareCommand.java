package org.tdro.tools.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.MtebResult;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.ComparisonFormat;
import org.tdro.io.AtomicWrite;
import org.tdro.tools.options.Overwriting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro compare}, which tests whether retrievers differ, from results that are stored. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compare evaluated retrievers: a table of sets and systems, averages, and tests of the differences.",
      "",
      "Runs that differ in the seed alone are one system; its values are the means over its runs. The tests answer different questions:",
      "  student  Would these models differ on other queries of these sets?",
      "           Paired t-test over queries.",
      "  fisher   The same, without assuming a distribution:",
      "           Fisher's randomisation test over queries.",
      "  seeds    Would models of other seeds differ on these queries?",
      "           t-test over runs, if both systems have several.",
      "P-values are corrected by Holm's method for the comparisons in a row. Averages weigh all sets alike, and so do their tests."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro compare runs/first --baseline runs/first:uniform",
      "  tdro compare runs/a/finetune-top70 runs/b/finetune-top70 --measures nDCG@10 --test fisher",
      "  tdro compare runs/seeds --baseline runs/seeds/1:uniform --test seeds",
      "  tdro compare bm25.json minilm.json --format latex",
      "  tdro compare results/systems --baseline bm25"
    })
public final class CompareCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(
      paramLabel = "RESULTS",
      arity = "1..*",
      description = {
        "The folder of a run that a pipeline evaluated, that of a pipeline (all its weightings), PIPELINE:WEIGHTING, a folder of such"
            + " folders, or what tdro evaluate --output wrote, a file or a folder of them.",
        "NAME=RESULTS names the system; results of one name are one system."
      })
  private List<String> results = new ArrayList<>();

  @Mixin
  private ComparisonOptions comparing;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "markdown",
      description = "markdown, csv, json or latex (default: ${DEFAULT-VALUE}).")
  private ComparisonFormat format;

  @Option(
      names = "--mteb",
      paramLabel = "DIR",
      description =
          "Write the results as MTEB does, too: DIR/SYSTEM/SET.json, or DIR/SYSTEM/NUMBER/SET.json for several runs.")
  private Path mteb;

  @Mixin
  private Overwriting overwriting;

  @Override
  public Integer call() {
    var options = comparing.options();
    var runs = comparing.runs(results);
    var first = comparing.baseline(runs);
    var systems = runs.systems();
    if (first.isPresent() && systems.size() == 1) {
      throw new ParameterException(
          spec.commandLine(), "only the baseline is given: name other results to compare with it");
    }
    var comparison = Comparison.of(systems, first, options);
    var text = format.of(comparison);
    if (mteb != null) {
      writeMteb(systems);
    }
    runs.notes().forEach(spec.commandLine().getErr()::println);
    comparison.notes().forEach(spec.commandLine().getErr()::println);
    spec.commandLine().getErr().flush();
    spec.commandLine().getOut().print(text);
    if (format == ComparisonFormat.MARKDOWN) {
      spec.commandLine().getOut().print(runs.mixtures());
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** Returns the name of a folder within that of {@code --mteb}. */
  private String folderName(String system) {
    var name = system.replaceAll("[/\\\\]", "__");
    if (name.isBlank() || name.equals(".") || name.equals("..")) {
      throw new ParameterException(
          spec.commandLine(),
          "--mteb: no folder can have the name of system '%s'; name it, NAME=RESULTS"
              .formatted(system));
    }
    return name;
  }

  private void writeMteb(List<ComparedSystem> systems) {
    var folders = new LinkedHashMap<Path, ModelEvaluation>();
    for (var system : systems) {
      var folder = mteb.resolve(folderName(system.name()));
      int runs = system.runs().size();
      for (int i = 0; i < runs; i++) {
        var other = folders.put(
            runs == 1 ? folder : folder.resolve(Integer.toString(i + 1)),
            system.runs().get(i).values());
        if (other != null) {
          throw new ParameterException(
              spec.commandLine(),
              "--mteb: two systems would be written to %s; name one of them, NAME=RESULTS"
                  .formatted(folder));
        }
      }
    }
    folders.forEach((folder, values) -> values.sets().keySet().forEach(set -> {
      overwriting.check("--mteb", MtebResult.file(folder, set));
      AtomicWrite.checkWritable(MtebResult.file(folder, set));
    }));
    folders.forEach((folder, values) ->
        values.sets().keySet().forEach(set -> MtebResult.of(values, set).write(folder)));
  }
}
