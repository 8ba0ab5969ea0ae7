package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.export.ExportOptions;
import org.tdro.export.Precision;
import org.tdro.export.SavedModelExport;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.huggingface.SmallStatic;
import org.tdro.huggingface.WrittenTensors;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.InputException;
import org.tdro.models.Projection;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.testing.Checkout;
import org.tdro.text.TextKind;
import org.tdro.training.StageTraining.Outcome;
import org.tdro.training.config.RunConfig;

/** Stages that start from a published model, most of them from one of Qwen2's shape. */
class PublishedModelTrainingTest {
  private static final List<String> TEXTS = List.of("the capital of land 7", "paint 3 dries");

  @TempDir
  static Path folder;

  @BeforeAll
  static void makeDataAndCheckpoint() throws IOException {
    SmallCollection.write(folder);
    SmallCheckpoint.write(folder.resolve("qwen2"), 5);
  }

  private static StageTraining training(String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "stage=reference",
        "model=checkpoint",
        "model.path=" + folder.resolve("qwen2"),
        "data=" + folder.resolve("train"),
        "data.cache=" + folder.resolve("cache"),
        "data.query-length=32",
        "data.passage-length=48",
        "data.passages-per-query=3",
        "train.batch-size=4",
        "train.steps=4",
        "train.save-every=2",
        "output=" + folder.resolve(output)));
    arguments.addAll(List.of(further));
    var configs = Checkout.path("configs");
    return new StageTraining(
        new ConfigComposer<>(RunConfig.SCHEMA, List.of(configs)).composeForRun(arguments),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        new SimpleMeterRegistry());
  }

  private static String[] lora(String... further) {
    var settings = new ArrayList<>(
        List.of("model.lora.rank=2", "model.lora.target-modules=[q_proj,down_proj]"));
    settings.addAll(List.of(further));
    return settings.toArray(String[]::new);
  }

  private static float[] embeddings(Path model, TextKind kind) {
    try (var retriever = StoredRetrievers.load(model)) {
      return retriever.encode(kind, retriever.tokenize(kind, "", TEXTS)).values();
    }
  }

  /** Its tokenizer has more ids than embeddings, so some embeddings are new. */
  @Test
  void everyStageStartsFromTheFolder() {
    assertThat(training("reference").run()).isEqualTo(Outcome.TRAINED);
    assertThat(training("dro", "stage=dro", "dro.reference=" + folder.resolve("reference"))
            .run())
        .isEqualTo(Outcome.TRAINED);
    assertThat(folder.resolve("dro/weights/curr_weights.json")).exists();
    var spec = new RetrieverFolder(folder.resolve("reference/model")).settings().spec();
    assertThat(spec.architecture().vocabulary()).isEqualTo(258);
    assertThat(embeddings(folder.resolve("reference"), TextKind.QUERY)).hasSize(32);
  }

  /** A published model may itself be the yardstick. */
  @Test
  void thePublishedModelIsAReference() {
    assertThat(training("dro-published", "stage=dro", "dro.reference=" + folder.resolve("qwen2"))
            .run())
        .isEqualTo(Outcome.TRAINED);
  }

  /** Started from, trained in part, written back and served. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model_type\": \"qwen3\", \"head_dim\": 6, \"vocab_size\": 258}",
        "{\"model_type\": \"qwen2\", \"is_causal\": false, \"vocab_size\": 258}"
      })
  void everyFamilyGoesAllTheWay(String keys) throws IOException {
    goAllTheWay(keys, lora());
  }

  /** The maps that are adapted are the usual ones of the architecture. */
  @ParameterizedTest
  @ValueSource(strings = {"""
        {"model_type": "distilbert", "dim": 16, "n_layers": 2, "n_heads": 4, "hidden_dim": 24, "activation": "gelu",
         "vocab_size": 258}""", """
        {"model_type": "mpnet", "hidden_act": "gelu", "layer_norm_eps": 1e-5, "vocab_size": 258}""", """
        {"model_type": "modernbert", "local_attention": 8, "global_attn_every_n_layers": 2, "rope_theta": null,
         "vocab_size": 258}""", """
        {"model_type": "gemma3_text", "head_dim": 8, "sliding_window": 8, "use_bidirectional_attention": true,
         "query_pre_attn_scalar": 8, "vocab_size": 258}"""})
  void soDoesEveryOtherArchitecture(String keys) throws IOException {
    goAllTheWay(keys, "model.lora.rank=2", "train.gradient-checkpointing=true");
  }

  private static void goAllTheWay(String keys, String... settings) throws IOException {
    var name = "family-" + Integer.toHexString(keys.hashCode());
    var base = SmallCheckpoint.write(folder.resolve(name + "-base"), 5, keys);
    var further = new ArrayList<>(List.of(settings));
    further.add("model.path=" + base);
    assertThat(training(name, further.toArray(String[]::new)).run()).isEqualTo(Outcome.TRAINED);
    var trained = embeddings(folder.resolve(name), TextKind.QUERY);
    assertThat(trained).isNotEqualTo(embeddings(base, TextKind.QUERY));
    var stored = StoredRetrievers.of(folder.resolve(name));
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()))
        .export(stored, stored.settings(), folder.resolve(name + "-published"));
    var published = PublishedFolder.open(folder.resolve(name + "-published"));
    assertThat(published.architecture()).isEqualTo(stored.settings().spec().architecture());
    assertThat(embeddings(published.path(), TextKind.QUERY))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(trained);
    var report = new SavedModelExport(new ExportOptions(IdType.INT32, Precision.FP32))
        .export(stored, stored.settings(), folder.resolve(name + "-served"));
    assertThat(report.agreement().largest()).isLessThan(1e-5);
  }

  /** Its own tokenizer, without the special tokens that StaticEmbedding leaves out, and its own shape. */
  @ParameterizedTest
  @ValueSource(strings = {"model=checkpoint", "model=static"})
  void staticEmbeddingsAreTrained(String model) throws IOException {
    var base = SmallStatic.write(
        folder.resolve(model + "-base"), SmallStatic.table("embedding.weight"), DType.F32);
    var settings = List.of(
        model,
        "model.path=" + base,
        "model.hidden=" + (model.endsWith("static") ? 8 : 0),
        "model.pooling=mean",
        "train.warmup-steps=2");
    training(model + "-still", with(settings, "train.steps=1")).run();
    assertThat(embeddings(folder.resolve(model + "-still"), TextKind.QUERY))
        .containsExactly(embeddings(base, TextKind.QUERY));
    assertThat(training(model, with(settings, "train.warmup-steps=0")).run())
        .isEqualTo(Outcome.TRAINED);
    var stored = StoredRetrievers.of(folder.resolve(model));
    var trained = embeddings(folder.resolve(model), TextKind.QUERY);
    assertThat(trained).isNotEqualTo(embeddings(base, TextKind.QUERY));
    var published = folder.resolve(model + "-published");
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()))
        .export(stored, stored.settings(), published);
    assertThat(embeddings(published, TextKind.QUERY)).containsExactly(trained);
    assertThat(StoredRetrievers.of(published).settings().passageLength()).isEqualTo(48);
    assertThat(training(model + "-dro", with(settings, "stage=dro", "dro.reference=" + base))
            .run())
        .isEqualTo(Outcome.TRAINED);
  }

  @Test
  void aStaticShapeThatIsNotTheFoldersIsRefused() throws IOException {
    var base = SmallStatic.write(
        folder.resolve("static-misfit"), SmallStatic.table("embedding.weight"), DType.F32);
    assertThatThrownBy(
            () -> training("misfit", "model=static", "model.path=" + base).run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "0_StaticEmbedding/model.safetensors; choose the option of that model, or model=checkpoint")
        .hasMessageContaining("hidden: 256 here, 8 there");
  }

  /** Two maps with a bias and a function, trained, kept and written back. */
  @Test
  void theMapsOfTheFolderAreTrained() throws IOException {
    var base = SmallCheckpoint.write(folder.resolve("with-maps"), 5, "{\"vocab_size\": 258}");
    var modules = new ArrayList<>(List.of(module("", "Transformer"), module("1", "Pooling")));
    Files.createDirectory(base.resolve("1"));
    Files.writeString(base.resolve("1/config.json"), "{\"pooling_mode\": \"weightedmean\"}");
    var sizes = new int[] {16, 24, 8};
    for (int i = 0; i < 2; i++) {
      modules.add(module("dense" + i, "Dense"));
      new WrittenTensors(i)
          .add("linear.weight", 0.3, sizes[i + 1], sizes[i])
          .add("linear.bias", 0.3, sizes[i + 1])
          .write(base.resolve("dense" + i + "/model.safetensors"), DType.F32);
      Files.writeString(
          base.resolve("dense" + i + "/config.json"),
          "{\"in_features\": %d, \"out_features\": %d}".formatted(sizes[i], sizes[i + 1]));
    }
    Files.writeString(base.resolve("modules.json"), modules.toString());
    var plain = List.of(
        "model.path=" + base,
        "model.pooling=weightedmean",
        "model.normalize=false",
        "model.similarity=dot",
        "train.warmup-steps=2");
    training("maps-still", with(plain, "train.steps=1")).run();
    assertThat(embeddings(folder.resolve("maps-still"), TextKind.QUERY))
        .containsExactly(embeddings(base, TextKind.QUERY));
    assertThat(training("maps", with(plain, "train.warmup-steps=0")).run())
        .isEqualTo(Outcome.TRAINED);
    var stored = StoredRetrievers.of(folder.resolve("maps"));
    assertThat(stored.settings().spec().projections())
        .containsExactly(
            new Projection(24, true, Projection.Function.TANH),
            new Projection(8, true, Projection.Function.TANH));
    var trained = embeddings(folder.resolve("maps"), TextKind.QUERY);
    assertThat(trained).isNotEqualTo(embeddings(base, TextKind.QUERY));
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()))
        .export(stored, stored.settings(), folder.resolve("maps-published"));
    assertThat(embeddings(folder.resolve("maps-published"), TextKind.QUERY))
        .containsExactly(trained);
  }

  private static String module(String path, String type) {
    return "{\"path\": \"%s\", \"type\": \"sentence_transformers.models.%s\"}"
        .formatted(path, type);
  }

  private static String[] with(List<String> settings, String... further) {
    return Stream.concat(settings.stream(), Stream.of(further)).toArray(String[]::new);
  }

  @Test
  void normsOfHeadsAreNotAdapted() throws IOException {
    var base =
        SmallCheckpoint.write(folder.resolve("qwen3-norms"), 5, "{\"model_type\": \"qwen3\"}");
    assertThatThrownBy(() -> training(
                "norms-adapted",
                "model.path=" + base,
                "model.lora.rank=2",
                "model.lora.target-modules=[q_proj,q_norm]")
            .run())
        .hasMessageContaining("the model does not have q_norm; choose from q_proj,");
  }

  /** Before rows are read. */
  @Test
  void modulesAreCheckedBeforeAnyWork() {
    var cache = folder.resolve("no-cache");
    assertThatThrownBy(() -> training(
                "no-module-early",
                "data.cache=" + cache,
                "model.lora.rank=2",
                "model.lora.target-modules=[Wqkv]")
            .run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.lora.target-modules: the model does not have Wqkv");
    assertThat(cache).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train.gradient-checkpointing=true",
        "train.chunk-size=3",
        "train.length-groups=3",
        "train.precision=mixed-bfloat16"
      })
  void stepsMayBeComputedInOtherWays(String way) {
    var output = way.replaceAll("[^a-z]", "");
    assertThat(training(output, way).run()).isEqualTo(Outcome.TRAINED);
    var plain = training("plain");
    plain.run();
    var other = embeddings(folder.resolve(output), TextKind.QUERY);
    var expected = embeddings(folder.resolve("plain"), TextKind.QUERY);
    float tolerance = way.contains("bfloat16") ? 0.05f : 1e-4f;
    assertThat(other).usingComparatorWithPrecision(tolerance).containsExactly(expected);
  }

  @Test
  void onlyAdaptersAreTrainedAndKept() throws IOException {
    assertThat(training("lora", lora()).run()).isEqualTo(Outcome.TRAINED);
    var kept = Files.readAllLines(folder.resolve("lora/model/weights/weights.tsv"));
    assertThat(kept).hasSize(2 * 2 * 2).allMatch(line -> line.contains("/lora_"));
    training("untrained", lora("train.steps=1", "train.warmup-steps=2")).run();
    assertThat(embeddings(folder.resolve("lora"), TextKind.QUERY))
        .isNotEqualTo(embeddings(folder.resolve("untrained"), TextKind.QUERY));
  }

  /** B starts at zero. */
  @Test
  void adaptersThatHaveNotLearnedChangeNothing() {
    assertThat(training("lora-still", lora("train.steps=1", "train.warmup-steps=2"))
            .run())
        .isEqualTo(Outcome.TRAINED);
    var still = embeddings(folder.resolve("lora-still"), TextKind.QUERY);
    training("still", "train.steps=1", "train.warmup-steps=2").run();
    assertThat(still)
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(embeddings(folder.resolve("still"), TextKind.QUERY));
  }

  @Test
  void proxyAndReferenceMayBeAdaptersOfOneModel() {
    training("lora-reference", lora()).run();
    assertThat(training(
                "lora-dro", lora("stage=dro", "dro.reference=" + folder.resolve("lora-reference")))
            .run())
        .isEqualTo(Outcome.TRAINED);
  }

  @Test
  void adaptersOfAnotherModelAreRefused() throws IOException {
    var base = SmallCheckpoint.write(folder.resolve("other"), 5);
    training("lora-other", lora("model.path=" + base)).run();
    SmallCheckpoint.write(base, 6);
    assertThatThrownBy(() -> StoredRetrievers.load(folder.resolve("lora-other")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds other weights than those that the adapters were trained on");
  }

  @Test
  void queriesAndPassagesMayHaveTheirOwnEncoders() {
    assertThat(training("untied", "model.untied=true", "train.chunk-size=3").run())
        .isEqualTo(Outcome.TRAINED);
    assertThat(embeddings(folder.resolve("untied"), TextKind.QUERY))
        .isNotEqualTo(embeddings(folder.resolve("untied"), TextKind.PASSAGE));
    assertThat(training(
                "untied-dro",
                "model.untied=true",
                "stage=dro",
                "dro.reference=" + folder.resolve("untied"))
            .run())
        .isEqualTo(Outcome.TRAINED);
  }

  /** A fresh process has compared both signatures, each with its side's encoder and adapters, before a version is there. */
  @Test
  void adaptersOfBothSidesAreServed() {
    training("served-run", lora("model.untied=true")).run();
    var stored = StoredRetrievers.of(folder.resolve("served-run"));
    var report = new SavedModelExport(new ExportOptions(IdType.INT32, Precision.FP32))
        .export(stored, stored.settings(), folder.resolve("served"));
    assertThat(report.agreement().largest()).isLessThan(1e-5);
    assertThat(folder.resolve("served/1/saved_model.pb")).exists();
  }

  /** A folder for Python holds one encoder, so each side goes into its own. */
  @Test
  void eachSideIsExportedOnItsOwn() {
    training("untied-export", "model.untied=true").run();
    var stored = StoredRetrievers.of(folder.resolve("untied-export"));
    var export = new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()));
    assertThatThrownBy(() -> export.export(stored, stored.settings(), folder.resolve("both")))
        .hasMessageContaining("--side query or --side passage");
    for (var side : TextKind.values()) {
      var target = folder.resolve("only-" + side);
      export.export(stored, stored.settings(), Optional.of(side), target);
      assertThat(embeddings(target, side))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(embeddings(folder.resolve("untied-export"), side));
    }
  }

  /** Both adapters stand beside one frozen model, which is not kept with the run. */
  @Test
  void encodersOfTheirOwnMayBeAdapters() throws IOException {
    assertThat(training("untied-lora", lora("model.untied=true")).run()).isEqualTo(Outcome.TRAINED);
    assertThat(Files.readAllLines(folder.resolve("untied-lora/model/weights/weights.tsv")))
        .hasSize(2 * 2 * 2 * 2);
    assertThat(embeddings(folder.resolve("untied-lora"), TextKind.PASSAGE)).hasSize(32);
  }

  @Test
  void aShapeThatIsNotTheCheckpointsIsRefused() {
    assertThatThrownBy(() -> training("misfit", "model=qwen1.5-0.5b").run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("describes another shape than")
        .hasMessageContaining("layers: 24 here, 2 there")
        .hasMessageContaining("keyValueHeads: 16 here, 2 there");
    assertThat(folder.resolve("misfit")).doesNotExist();
  }

  @Test
  void modulesThatAreNotThereAreRefused() {
    assertThatThrownBy(() -> training(
                "no-module", "model.lora.rank=2", "model.lora.target-modules=[q_proj,query]")
            .run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.lora.target-modules: the model does not have query; "
            + "choose from q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj");
    assertThat(folder.resolve("no-module")).doesNotExist();
  }

  @Test
  void adaptersWithoutACheckpointAreRefused() {
    assertThatThrownBy(() -> new StageTraining(
                new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")))
                    .compose(List.of(
                        "model=mini",
                        "model.lora.rank=2",
                        "data=" + folder.resolve("train"),
                        "data.vocabulary=300",
                        "data.cache=" + folder.resolve("cache"),
                        "output=" + folder.resolve("no-base"))),
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                new SimpleMeterRegistry())
            .run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.lora.rank is above 0, but model.path is missing");
  }
}
