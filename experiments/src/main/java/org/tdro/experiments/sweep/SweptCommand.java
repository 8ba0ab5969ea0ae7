package org.tdro.experiments.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.FileException;
import org.tdro.io.Sha256;
import org.tdro.training.EvaluationSets;
import org.tdro.training.InputFingerprints;
import org.tdro.training.Pipeline;
import org.tdro.training.PipelineReport;
import org.tdro.training.StageTraining;
import org.tdro.training.config.RunConfig;

/** A command of {@code tdro} that can be swept. */
public interface SweptCommand {
  /** The output of jobs that are planned: inputs that a stage would make in it do not exist. */
  Path PLANNED = Path.of(".tdro-sweep", "planned");

  /** {@code tdro train}. */
  SweptCommand TRAIN = new Train();

  /** {@code tdro pipeline}. */
  SweptCommand PIPELINE = new OfPipeline();

  /**
   * What a job would do.
   *
   * @param base its settings, those of all stages
   * @param stages the stages that it trains
   * @param identity hash of everything that the trained models follow from: jobs with the same are the same
   * @param evaluation hash of everything that its evaluation follows from, apart from the models
   * @param reference the reference that jobs may share; empty if it trains none
   */
  record Outline(
      ResolvedConfig<RunConfig> base,
      List<ResolvedConfig<RunConfig>> stages,
      String identity,
      String evaluation,
      Optional<Reference> reference) {}

  /**
   * The reference of a pipeline.
   *
   * @param arguments those of {@code tdro train}; an output that is added replaces theirs
   * @param identity hash of everything that it follows from
   */
  record Reference(List<String> arguments, String identity) {}

  /** Returns its name on the command line. */
  String word();

  /**
   * Composes and checks a job.
   *
   * @throws ConfigException with all its problems
   */
  Outline outline(
      ConfigComposer<RunConfig> composer, List<String> arguments, InputFingerprints inputs);

  /** Returns whether a folder holds the results of a job that came to its end: the model, or a pipeline's evaluation. */
  boolean isComplete(Path folder, Outline outline);

  /** Returns the run of a complete job by whose log it is compared with others. */
  Path scored(Path folder, RunConfig config);

  private static List<String> planned(List<String> arguments) {
    var all = new ArrayList<>(arguments);
    all.add(ConfigComposer.argument("output", PLANNED));
    return all;
  }

  private static String identity(
      String word, List<ResolvedConfig<RunConfig>> stages, InputFingerprints inputs) {
    var text = new StringBuilder(word);
    stages.forEach(
        stage -> text.append('\n').append(new TreeMap<>(inputs.beforePreparation(stage))));
    return Sha256.of(text.toString());
  }

  /** {@code tdro train}, which trains one stage. */
  record Train() implements SweptCommand {
    @Override
    public String word() {
      return "train";
    }

    @Override
    public Outline outline(
        ConfigComposer<RunConfig> composer, List<String> arguments, InputFingerprints inputs) {
      var stage = composer.composeForRun(planned(arguments));
      StageTraining.check(stage);
      var stages = List.of(stage);
      return new Outline(stage, stages, identity(word(), stages, inputs), "", Optional.empty());
    }

    @Override
    public boolean isComplete(Path folder, Outline outline) {
      return StageTraining.isComplete(folder, outline.base().config());
    }

    @Override
    public Path scored(Path folder, RunConfig config) {
      return folder;
    }
  }

  /** {@code tdro pipeline}, which trains and evaluates several. */
  record OfPipeline() implements SweptCommand {
    @Override
    public String word() {
      return "pipeline";
    }

    @Override
    public Outline outline(
        ConfigComposer<RunConfig> composer, List<String> arguments, InputFingerprints inputs) {
      var outline = Pipeline.outline(composer, planned(arguments));
      var reference = outline
          .reference()
          .map(training ->
              new Reference(training, identity("train", outline.stages().subList(0, 1), inputs)));
      return new Outline(
          outline.base(),
          outline.stages(),
          identity(word() + searches(outline.base()), outline.stages(), inputs),
          evaluation(outline.base(), inputs),
          reference);
    }

    /** Returns what the mixtures of searches follow from, apart from the stages; empty if there are none. */
    private static String searches(ResolvedConfig<RunConfig> base) {
      return base.config().pipeline().searches()
          ? "\n%s\n%s"
              .formatted(base.config().mixture(), new EvaluationSets(base).developmentFingerprint())
          : "";
    }

    private static String evaluation(ResolvedConfig<RunConfig> base, InputFingerprints inputs) {
      var config = base.config();
      var text = new StringBuilder();
      text.append(config.eval()).append(config.pipeline());
      for (var set : new EvaluationSets(base).stored()) {
        text.append('\n').append(set.name());
        files(set.folder()).forEach(file -> text.append(' ').append(inputs.of(file)));
      }
      return Sha256.of(text.toString());
    }

    private static List<Path> files(Path folder) {
      try (var files = Files.walk(folder)) {
        return files.filter(Files::isRegularFile).sorted().toList();
      } catch (IOException e) {
        throw FileException.reading(folder, e);
      }
    }

    @Override
    public boolean isComplete(Path folder, Outline outline) {
      return Files.exists(PipelineReport.file(folder));
    }

    @Override
    public Path scored(Path folder, RunConfig config) {
      var weightings = config.pipeline().weightings();
      // That of uniform may be the shared reference.
      return PipelineReport.run(folder, weightings.get(weightings.size() - 1)).orElseThrow();
    }
  }
}
