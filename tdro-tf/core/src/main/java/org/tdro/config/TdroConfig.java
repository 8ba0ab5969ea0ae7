package org.tdro.config;

import java.nio.file.Path;
import org.tdro.io.Checks;

/**
 * All there is to say about one run. Keys are the component names in kebab case: {@code train.batch-size}.
 *
 * @param stage which of the three stages to run
 * @param seed of initial weights, sampling and dropout: the same configuration, data and seed give the same run
 * @param output folder that the run writes
 */
public record TdroConfig(
    Stage stage,
    long seed,
    @Incidental Path output,
    ModelConfig model,
    DataConfig data,
    LossConfig loss,
    TrainConfig train,
    DroConfig dro,
    @Incidental EvalConfig eval,
    @Incidental ExportConfig export,
    @Incidental PipelineConfig pipeline,
    DeviceConfig device) {

  public TdroConfig {
    new Checks()
        .that(
            stage != Stage.DRO || dro.reference().isPresent() || !dro.needsReference(),
            "dro.reference is missing: stage dro measures its losses against those of a reference run;"
                + " give dro.reference=RUN or choose dro=raw")
        .that(
            stage != Stage.DRO
                || loss.negatives() == LossConfig.Negatives.IN_BATCH
                || data.passagesPerQuery() > 1,
            "data.passagesPerQuery must be at least 2 where each row sees only its own passages, was "
                + data.passagesPerQuery())
        .that(
            !loss.distillation().isOn() || data.passagesPerQuery() > 1,
            "data.passagesPerQuery must be at least 2 where a teacher's scores are distilled, was "
                + data.passagesPerQuery())
        .done();
  }
}
