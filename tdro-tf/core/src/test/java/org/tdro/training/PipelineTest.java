package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.mixing.WeightsFile;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

class PipelineTest {
  private static final ByteArrayOutputStream SHOWN = new ByteArrayOutputStream();

  @TempDir
  private static Path folder;

  private static SimpleMeterRegistry registry;
  private static PipelineReport report;

  @BeforeAll
  static void runOnce() throws IOException {
    SmallCollection.write(folder);
    registry = new SimpleMeterRegistry();
    report = run();
  }

  private static PipelineReport run(String... more) {
    var arguments = new ArrayList<>(List.of(
        "data=" + folder.resolve("train"),
        "data.vocabulary=400",
        "data.cache=" + folder.resolve("cache"),
        "data.passages-per-query=3",
        "model.hidden=16",
        "train.steps=12",
        "train.batch-size=8",
        "eval.data=[" + folder.resolve("eval") + "]",
        "output=" + folder.resolve("out")));
    arguments.addAll(List.of(more));
    var composer = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")));
    var progress = new PrintStream(SHOWN, true, StandardCharsets.UTF_8);
    return new Pipeline(composer, arguments, progress, registry).run().orElseThrow();
  }

  @Test
  void evaluatesEveryWeighting() {
    assertThat(report.evaluations()).containsOnlyKeys("uniform", "curr", "top70");
    assertThat(report.table("ndcg_cut_10").rows())
        .singleElement()
        .satisfies(row -> assertThat(row.values()).allMatch(value -> value >= 0 && value <= 1));
    assertThat(report.weights()).containsOnlyKeys("capitals", "sums", "colours");
  }

  /** Uniform fine-tuning is the reference, so there are four. */
  @Test
  void everyLineSaysWhichStageItIsOfAndWhenAllAreDone() {
    assertThat(SHOWN.toString(StandardCharsets.UTF_8))
        .containsPattern(
            "stage 1/4 reference step 12/12: loss .*, ETA 0:00:00, whole 0:\\d\\d:\\d\\d")
        .containsPattern("stage 2/4 dro step 12/12: .* whole ")
        .containsPattern("stage 4/4 finetune-top70 step 12/12: .*, ETA 0:00:00\\R");
  }

  @Test
  void theReferenceIsTheBaseline() {
    assertThat(report.runs()).containsEntry("uniform", folder.resolve("out").resolve("reference"));
  }

  @Test
  void aReferenceThatIsGivenIsTaken() {
    var reference = folder.resolve("out").resolve("reference");
    var swept = run(
        "dro.reference=" + reference,
        "dro.step-size=0.5",
        "pipeline.weightings=[uniform,curr]",
        "output=" + folder.resolve("swept"));
    assertThat(swept.runs()).containsEntry("uniform", reference);
    assertThat(folder.resolve("swept/reference")).doesNotExist();
    assertThat(folder.resolve("swept/dro/weights")).exists();
  }

  @Test
  void aReferenceOfAnotherConfigurationIsRefused() throws IOException {
    var reference = folder.resolve("out").resolve("reference");
    assertThatThrownBy(() -> run(
            "dro.reference=" + reference, "model.hidden=8", "output=" + folder.resolve("refused")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dro.reference names " + reference)
        .hasMessageContaining("model.hidden: 8 here, 16 there");
    assertThatThrownBy(
            () -> run("dro.reference=" + folder.resolve("train"), "output=" + folder.resolve("no")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("which holds no complete run");
    var gutted = Files.createDirectories(folder.resolve("gutted"));
    for (var file : List.of("run.json", "config.conf")) {
      Files.copy(reference.resolve(file), gutted.resolve(file));
    }
    assertThatThrownBy(() -> run("dro.reference=" + gutted, "output=" + folder.resolve("refused")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(gutted + ", whose model was deleted; train it again");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void crossFittingTrainsItsBaselineOnAllRows() {
    var crossed = run(
        "dro.cross-fit=true",
        "output=" + folder.resolve("crossed"),
        "pipeline.weightings=[uniform,curr]");
    assertThat(crossed.runs())
        .containsEntry("uniform", folder.resolve("crossed").resolve("finetune-uniform"));
    assertThat(crossed.evaluations().get("uniform"))
        .isEqualTo(report.evaluations().get("uniform"));
  }

  @Test
  void topSeventyKeepsTwoOfThreeDomains() {
    var top = folder.resolve("out/dro/weights/top70_weights.json");
    assertThat(WeightsFile.read(top).domains())
        .hasSize(2)
        .allMatch(domain -> domain.weight() == 0.5);
  }

  @Test
  void aCompletePipelineIsNotRunAgain() throws IOException {
    var record = folder.resolve("out/dro/run.json");
    var written = Files.getLastModifiedTime(record);
    assertThat(run()).isEqualTo(report);
    assertThat(Files.getLastModifiedTime(record)).isEqualTo(written);
  }

  @Test
  void aChangedStageIsSetAsideAndTrainedAnew() {
    var output = "output=" + folder.resolve("changing");
    run(output, "pipeline.weightings=[uniform]", "dro=raw");
    run(output, "pipeline.weightings=[uniform]", "dro=raw", "train.steps=6");
    assertThat(folder.resolve("changing/finetune-uniform.replaced/run.json")).exists();
    assertThat(folder.resolve("changing/finetune-uniform/run.json")).exists();
  }

  @Test
  void domainLossesAndWeightsAreMetered() {
    var weight =
        registry.get("tdro.domain.weight").tags("run", "dro", "domain", "sums").gauge();
    assertThat(weight.value()).isBetween(0.0, 1.0);
    var steps = registry
        .get("tdro.step")
        .tags("run", "dro", "phase", "forward-backward")
        .timer();
    assertThat(steps.count()).isEqualTo(12);
  }

  /** A trace costs time, and writes to standard error. */
  @Test
  void updatesAreTimedOnlyWhenAsked() {
    assertThat(updates("dro")).isZero();
    run(
        "output=" + folder.resolve("traced"),
        "pipeline.weightings=[uniform]",
        "dro=raw",
        "train.trace-every=3");
    assertThat(updates("finetune-uniform")).isPositive();
  }

  private long updates(String run) {
    return registry.get("tdro.step").tags("run", run, "phase", "update").timer().count();
  }

  @Test
  void aSelectionThatIsNotWrittenIsRefusedBeforeTheFirstStep() {
    var nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> run("pipeline.weightings=[uniform, top33]", "output=" + nowhere))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("top33");
    assertThat(nowhere).doesNotExist();
  }
}
