package org.tdro.tools;

import static org.tdro.config.ConfigComposer.argument;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.tdro.experiments.quickstart.QuickstartCollection;
import org.tdro.export.ExportOptions;
import org.tdro.export.Precision;
import org.tdro.export.SavedModelExport;
import org.tdro.io.AtomicWrite;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.training.Pipeline;
import org.tdro.training.PipelineReport;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro quickstart}, which runs everything once on the embedded collection. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description = {
      "Train, learn domain weights, fine-tune, evaluate and export, on a small embedded collection.",
      "Needs no download and takes less than three minutes on two cores. After an interruption, run it again to continue."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro quickstart",
      "  tdro quickstart --out runs/longer train.steps=600 dro=reference-code"
    })
final class QuickstartCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/quickstart",
      description = "The folder for all results (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Mixin
  private ProgressOptions progress;

  @Parameters(
      paramLabel = ConfigArguments.LABEL,
      description = "Changes to the configuration, as for tdro pipeline.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (overrides.stream().anyMatch(override -> override.strip().matches("(?s)[+~]*output.*"))) {
      throw new ParameterException(
          spec.commandLine(), "give the folder as --out DIR: results and export go there, too");
    }
    var collection = out.resolve("collection");
    Files.createDirectories(out);
    QuickstartCollection.write(collection);
    var arguments = new ArrayList<String>();
    arguments.add("experiment=quickstart");
    arguments.add(argument("data.train", collection.resolve("train")));
    arguments.add(argument("data.cache", out.resolve("cache")));
    arguments.add(argument("eval.data", List.of(collection.resolve("eval"))));
    arguments.add(argument("output", out));
    arguments.addAll(overrides);
    if (!progress.isShown()) {
      arguments.add("train.progress=none");
    }
    var composer = RunConfig.composer(Optional.empty());
    var report = new Pipeline(composer, arguments, System.err, new SimpleMeterRegistry()).run();
    if (report.isEmpty()) {
      return 1;
    }
    var best = best(report.get());
    // A second run replaces the version that the first one left.
    var base = out.resolve("export").resolve(best);
    AtomicWrite.delete(base);
    var export = composer.compose(arguments).config().export();
    var stored = StoredRetrievers.of(report.get().runs().get(best));
    var options = new ExportOptions(
        export.idType(),
        Precision.FP32,
        OptionalLong.empty(),
        OptionalDouble.of(export.tolerance()));
    var exported = new SavedModelExport(options).export(stored, stored.settings(), base);
    print(report.get(), exported.folder());
    return writeReport();
  }

  /** Returns the weighting with the best average. */
  private static String best(PipelineReport report) {
    var table = report.table(report.measures().get(0));
    int best = 0;
    for (int i = 1; i < table.columns().size(); i++) {
      if (table.averages().get(i).orElse(0) > table.averages().get(best).orElse(0)) {
        best = i;
      }
    }
    return table.columns().get(best);
  }

  private void print(PipelineReport report, Path export) {
    var writer = spec.commandLine().getOut();
    writer.println(report.table(report.measures().get(0)).toMarkdown(true));
    report.runs().forEach((weighting, run) -> writer.printf("%-22s %s%n", weighting, run));
    writer.printf("%-22s %s%n", "all tables and weights", out.resolve("results.md"));
    writer.printf("%-22s %s%n", "SavedModel", export);
    writer.flush();
  }

  /** Writes the report as {@code tdro report} does, which prints its file; returns the exit code. */
  private int writeReport() {
    var file = out.resolve("report.html");
    spec.commandLine().getOut().printf("%-22s ", "report, for a browser");
    return spec.commandLine()
        .getParent()
        .execute(
            "report",
            out.toString(),
            "--baseline=" + out + ":uniform",
            "--title=Quickstart",
            "--output=" + file,
            "--overwrite");
  }
}
