package org.tdro.training.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigSchema;
import org.tdro.config.Incidental;
import org.tdro.io.Checks;
import org.tdro.keras.Execution;
import org.tdro.retriever.ComputeOptions;
import org.tdro.retriever.ContrastiveLoss;

/**
 * The configuration of one run. Keys are the component names in kebab case: {@code train.batch-size}.
 *
 * @param stage which of the three stages to run
 * @param seed of initial weights, sampling and dropout: the same configuration, data and seed give the same run
 * @param output folder that the run writes
 */
public record RunConfig(
    Stage stage,
    long seed,
    @Incidental Path output,
    ModelConfig model,
    DataConfig data,
    ContrastiveLoss loss,
    TrainConfig train,
    DroConfig dro,
    @Incidental EvalConfig eval,
    @Incidental ExportConfig export,
    @Incidental PipelineConfig pipeline,
    DeviceConfig device) {

  /** The keys of a run, and how files and arguments are laid over one another. */
  public static final ConfigSchema<RunConfig> SCHEMA = new ConfigSchema<>(RunConfig.class)
      .presets("experiment")
      .variants("stage", "stages")
      .decisiveOnlyFor("dro", "dro")
      .folderArgument("data", "train", "training files");

  public RunConfig {
    new Checks()
        .that(
            !stage.learnsMixture() || dro.reference().isPresent() || !dro.needsReference(),
            "dro.reference is missing: stage dro measures its losses against those of a reference run; give dro.reference=RUN or choose dro=raw")
        .that(
            !stage.learnsMixture()
                || loss.negatives() == ContrastiveLoss.Negatives.IN_BATCH
                || data.passagesPerQuery() > 1,
            "data.passagesPerQuery must be at least 2 where each row sees only its own passages, was "
                + data.passagesPerQuery())
        .that(
            !loss.distillation().isOn() || data.passagesPerQuery() > 1,
            "data.passagesPerQuery must be at least 2 where a teacher's scores are distilled, was "
                + data.passagesPerQuery())
        .done();
  }

  /** Returns how the stage learns a mixture, if it does. */
  public Optional<DroConfig> learning() {
    return stage.learnsMixture() ? Optional.of(dro) : Optional.empty();
  }

  /** Returns a composer of the user's folder, if there is one, before the built-in one: system property {@code tdro.configs}, else {@code configs}. */
  public static ConfigComposer<RunConfig> composer(Optional<Path> userFolder) {
    var builtIn = Path.of(System.getProperty("tdro.configs", "configs"));
    return new ConfigComposer<>(
        SCHEMA, Stream.concat(userFolder.stream(), Stream.of(builtIn)).toList());
  }

  /** Returns how a step is computed. */
  public ComputeOptions compute() {
    return new ComputeOptions(
        train.chunkSize() == 0
            ? Execution.direct()
            : ComputeOptions.inChunks(train.chunkSize(), data.padMultiple()),
        train.gradientCheckpointing(),
        train.precision());
  }
}
