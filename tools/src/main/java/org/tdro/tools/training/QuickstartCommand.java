package org.tdro.tools.training;

import static org.tdro.config.ConfigComposer.argument;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.tdro.config.ResolvedConfig;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.ComparisonFormat;
import org.tdro.evaluation.significance.PairedDifferences.Samples;
import org.tdro.experiments.quickstart.QuickstartCollection;
import org.tdro.experiments.quickstart.QuickstartDomain;
import org.tdro.experiments.spoiling.Junk;
import org.tdro.experiments.sweep.JobLauncher;
import org.tdro.experiments.sweep.Sweep;
import org.tdro.experiments.sweep.SweptCommand;
import org.tdro.export.DefaultSignature;
import org.tdro.export.ExportOptions;
import org.tdro.export.Precision;
import org.tdro.export.SavedModelExport;
import org.tdro.io.AtomicWrite;
import org.tdro.mixing.SizeShares;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.RunFolder;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.runs.ComparedRuns;
import org.tdro.training.StoredEvaluation;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
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
      "Learn the mixture of ten small embedded datasets, three of them junk: train, audit, fine-tune, evaluate, compare and export.",
      "Needs no download and takes less than two minutes on two cores. After an interruption, run it again to continue."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro quickstart",
      "  tdro quickstart --clean --out runs/clean",
      "  tdro quickstart --out runs/longer train.steps=600 dro=reference-code seed=1,2,3,4,5"
    })
public final class QuickstartCommand implements Callable<Integer> {
  private static final double ALPHA = 0.05;
  private static final int SAMPLES = 10_000;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/quickstart",
      description = "The folder for all results (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--clean",
      description = "Leave the junk out: the same with the seven clean datasets.")
  private boolean clean;

  @Mixin
  private ProgressOptions progress;

  @Parameters(
      paramLabel = ConfigArguments.LABEL,
      description = "Changes to the configuration, as for tdro pipeline.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (isGiven("output")) {
      throw new ParameterException(
          spec.commandLine(), "give the folder as --out DIR: results and export go there, too");
    }
    var collection = out.resolve("collection");
    Files.createDirectories(out);
    QuickstartCollection.write(collection);
    var composer = RunConfig.composer(Optional.empty());
    var sweep = new Sweep(SweptCommand.PIPELINE, composer, List.of(), arguments(collection));
    var outcome = sweep.run(JobLauncher.of(spec.root().userObject().getClass()), System.err);
    if (outcome.failed() > 0 || outcome.stopped()) {
      Sweep.missing(outcome.folder()).forEach(spec.commandLine().getErr()::println);
      spec.commandLine().getErr().flush();
      return ExitCode.SOFTWARE;
    }
    var compared = new ComparedRuns(sweep.folders().stream().map(Path::toString).toList());
    var findings = QuickstartFindings.of(sweep.folders(), junk(), comparison(compared));
    var results = "%s%s%n%s%n%s%n%s%n"
        .formatted(
            ComparisonFormat.MARKDOWN.of(findings.comparison()),
            compared.mixtures(),
            findings.auditTable(),
            findings.ofAudit(),
            findings.ofWeightings());
    AtomicWrite.file(out.resolve("results.md"), beside -> Files.writeString(beside, results));
    var writer = spec.commandLine().getOut();
    writer.println(results);
    writer.printf("%-22s %s%n", "runs, by seed", outcome.folder());
    writer.printf("%-22s %s%n", "these tables", out.resolve("results.md"));
    writer.printf("%-22s %s%n", "SavedModel", export(findings.best()));
    writer.flush();
    return writeReport(outcome.folder(), findings.comparison().baseline().isPresent());
  }

  private boolean isGiven(String key) {
    return overrides.stream()
        .anyMatch(override -> override.strip().matches("(?s)[+~]*" + key + "\\s*(=.*)?"));
  }

  /** Returns the arguments of the sweep over seeds. */
  private List<String> arguments(Path collection) {
    var arguments = new ArrayList<String>();
    arguments.add("experiment=quickstart");
    arguments.add(argument("data.train", collection.resolve("train")));
    arguments.add(argument("data.cache", out.resolve("cache")));
    arguments.add(argument("eval.data", List.of(collection.resolve("eval"))));
    arguments.add(argument("output", out.resolve("runs")));
    arguments.add("sweep.jobs=2");
    if (!isGiven("seed")) {
      arguments.add("seed=42,43,44");
    }
    if (clean) {
      arguments.add(QuickstartCollection.domains().stream()
          .filter(domain -> domain.junk().isEmpty())
          .map(QuickstartDomain::id)
          .collect(Collectors.joining(",", "data.domains=[", "]")));
    }
    arguments.addAll(overrides);
    if (!progress.isShown()) {
      arguments.add("train.progress=none");
    }
    return arguments;
  }

  /** Returns the kind of each dataset of junk that is trained on. */
  private Map<String, Junk> junk() {
    return QuickstartCollection.domains().stream()
        .filter(domain -> !clean && domain.junk().isPresent())
        .collect(Collectors.toMap(QuickstartDomain::id, domain -> domain.junk().orElseThrow()));
  }

  private static Comparison comparison(ComparedRuns compared) {
    var names = compared.systems().stream().map(ComparedSystem::name).toList();
    var baseline = names.contains(SizeShares.UNIFORM)
        ? compared.baseline(SizeShares.UNIFORM)
        : OptionalInt.empty();
    var measure = config(compared.systems().get(0)).eval().measure();
    return Comparison.of(
        compared.systems(),
        baseline,
        new Comparison.Options(
            List.of(measure), List.of(), Comparison.Test.SEEDS, ALPHA, new Samples(SAMPLES, 0)));
  }

  /** Returns the first run of a system. */
  private static RunFolder run(ComparedSystem system) {
    return StoredEvaluation.read(system.runs().get(0).name()).get(0).run().orElseThrow();
  }

  private static RunConfig config(ComparedSystem system) {
    return ResolvedConfig.read(RunConfig.SCHEMA, run(system).config()).config();
  }

  private Path export(ComparedSystem best) throws IOException {
    var settings = config(best).export();
    var stored = StoredRetrievers.of(run(best).path());
    var options = new ExportOptions(
        settings.idType(),
        Precision.FP32,
        DefaultSignature.ENCODE_QUERY,
        OptionalLong.empty(),
        OptionalDouble.of(settings.tolerance()));
    var base = out.resolve("export").resolve(best.name());
    // A second run replaces the version that the first one left.
    AtomicWrite.delete(base);
    return new SavedModelExport(options).export(stored, stored.settings(), base).folder();
  }

  /** Writes the report as {@code tdro report} does, which prints its file; returns the exit code. */
  private int writeReport(Path runs, boolean hasBaseline) {
    var arguments = new ArrayList<>(List.of("report", runs.toString(), "--title=Quickstart"));
    if (hasBaseline) {
      arguments.add("--baseline=" + SizeShares.UNIFORM);
    }
    arguments.addAll(List.of("--output=" + out.resolve("report.html"), "--overwrite"));
    spec.commandLine().getOut().printf("%-22s ", "report, for a browser");
    return spec.commandLine().getParent().execute(arguments.toArray(String[]::new));
  }
}
