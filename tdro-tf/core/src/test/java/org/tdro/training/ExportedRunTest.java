package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PeftExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.keras.testing.Values;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.testing.Checkout;
import org.tdro.text.TextKind;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/** Exports of trained runs, from which other runs start: a model, adapters of it, and these adapters again. */
class ExportedRunTest {
  private static final PythonModelCard CARD = new PythonModelCard(Map.of());
  private static final String[] ADAPTERS = {
    "model.lora.rank=2", "model.lora.alpha=4", "model.lora.target-modules=[query, value]"
  };

  @TempDir
  static Path folder;

  @BeforeAll
  static void trainAndExport() throws IOException {
    SmallCollection.write(folder);
    train(
        "trained",
        "model=mini",
        "model.hidden=8",
        "model.projection=6",
        "model.feed-forward=16",
        "model.layers=1",
        "model.heads=2",
        "data.prompts.sums.query=\"sum: \"",
        "data.prompts.sums.passage=\"\"");
    var trained = StoredRetrievers.of(at("trained"));
    new HuggingFaceExport(DType.F32, ShardPlan.DEFAULT_SHARD_BYTES, CARD)
        .export(trained, trained.settings(), at("published"));
    train("adapted", withAdapters(ADAPTERS));
    var adapted = StoredRetrievers.of(at("adapted"));
    new PeftExport(CARD).export(adapted, adapted.settings(), at("adapters"));
  }

  private static Path at(String name) {
    return folder.resolve(name);
  }

  private static String[] withAdapters(String... further) {
    var arguments = new ArrayList<>(List.of(
        "model=checkpoint",
        "model.path=" + at("published"),
        "model.pooling=mean",
        "model.projection=6"));
    arguments.addAll(List.of(further));
    return arguments.toArray(String[]::new);
  }

  private static ResolvedConfig<RunConfig> config(String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "stage=reference",
        "data=" + at("train"),
        "data.cache=" + at("cache"),
        "data.vocabulary=300",
        "train.batch-size=8",
        "train.steps=4",
        "train.learning-rate=0.01",
        "output=" + at(output)));
    arguments.addAll(List.of(further));
    var configs = Checkout.path("configs");
    return new ConfigComposer<>(RunConfig.SCHEMA, List.of(configs)).composeForRun(arguments);
  }

  private static void train(String output, String... further) {
    var progress = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var training = new StageTraining(config(output, further), progress, new SimpleMeterRegistry());
    assertThat(training.run()).isEqualTo(StageTraining.Outcome.TRAINED);
  }

  private static float[] embeddings(String model) {
    try (var retriever = StoredRetrievers.load(at(model))) {
      var ids =
          retriever.tokenize(TextKind.QUERY, "sums", List.of("what is 3 plus one", "land 5", "x"));
      return retriever.encode(TextKind.QUERY, ids).values();
    }
  }

  private static float[] adapterWeights(String model) {
    var stored = StoredRetrievers.of(at(model));
    try (var encoder = new EncoderModel(stored.settings().spec(), 1)) {
      encoder.load(stored);
      return Values.of(encoder);
    }
  }

  @Test
  void anExportedRunGivesTheEmbeddingsOfTheRun() {
    assertThat(embeddings("published"))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(embeddings("trained"));
  }

  @Test
  void exportedAdaptersGiveTheEmbeddingsOfTheirRun() {
    assertThat(embeddings("adapters")).containsExactly(embeddings("adapted"));
    assertThat(embeddings("adapters")).isNotEqualTo(embeddings("published"));
  }

  private static ContrastiveModel open(ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    return new StageModel(resolved, prepared, StagePlan.of(resolved, prepared))
        .open(ConfigProto.getDefaultInstance());
  }

  @Test
  void trainingStartsFromTheAdaptersThatAreNamed() {
    var resolved = config(
        "from-adapters",
        withAdapters(
            ADAPTERS[0], ADAPTERS[1], ADAPTERS[2], "model.lora.adapter=" + at("adapters")));
    try (var prepared = PreparedData.of(resolved.config());
        var model = open(resolved, prepared)) {
      var maps = model.encoders().loraKernels();
      assertThat(maps).hasSize(2);
      var expected = adapterWeights("adapted");
      int at = 0;
      for (var map : maps) {
        for (var weight : List.of(map.a(), map.b())) {
          for (float value : Values.of(model.session(), weight.value())) {
            assertThat(value).isEqualTo(expected[at++]);
          }
        }
      }
      assertThat(StageInputs.of(resolved, prepared).fingerprints()).containsKey("adapter");
    }
  }

  @Test
  void adaptersOfAnotherKindAreRefusedWithAllThatDiffers() {
    var resolved = config(
        "other",
        withAdapters(
            "model.lora.rank=3",
            "model.lora.alpha=5",
            "model.lora.target-modules=[query]",
            "model.lora.adapter=" + at("adapters")));
    assertThatThrownBy(() -> StageModel.checkAdapters(resolved))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.lora.rank is 3")
        .hasMessageContaining("model.lora.alpha is 5.0")
        .hasMessageContaining("model.lora.target-modules is [query]");
  }

  @Test
  void startingAdaptersNeedARank() {
    assertThatThrownBy(() -> config("none", withAdapters("model.lora.adapter=" + at("adapters"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.lora.adapter must be absent where rank is 0");
  }

  @Test
  void aReferenceMayBeAdaptersAsPublished() {
    var resolved = config(
        "dro",
        withAdapters(
            ADAPTERS[0],
            ADAPTERS[1],
            ADAPTERS[2],
            "stage=dro",
            "data.passages-per-query=3",
            "dro.reference=" + at("adapters")));
    var progress = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    assertThat(new StageTraining(resolved, progress, new SimpleMeterRegistry()).run())
        .isEqualTo(StageTraining.Outcome.TRAINED);
  }
}
