package org.tdro.export.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsFile;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.io.InputException;
import org.tdro.keras.testing.Values;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.lora.Lora;
import org.tdro.retriever.BaseCheckpoint;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.text.TextKind;

/** A decoder as published, adapters beside it whose B is not zero, and what becomes of them. */
class PeftExportTest {
  private static final List<String> TEXTS = List.of("a", "some longer text", "日本");
  private static final Lora LORA = new Lora(3, 6, 0.1f, List.of("q_proj", "down_proj"));
  private static final PythonModelCard CARD = new PythonModelCard(Map.of());

  @TempDir
  static Path folder;

  private static RetrieverFolder adapted;

  @BeforeAll
  static void makeAdapters() {
    var shape = DecoderArchitecture.builder(SmallRetriever.VOCABULARY, 16, 2, 4)
        .keyValueHeads(2)
        .headSize(8)
        .feedForward(24)
        .maxPositions(128)
        .inputBias(true)
        .initializerRange(0.2f)
        .build();
    var whole = SmallRetriever.write(
        folder.resolve("whole"), new RetrieverSpec(shape, Pooling.LASTTOKEN, 10, true));
    huggingFace(whole, "base");
    var base = StoredRetrievers.of(folder.resolve("base"));
    var spec = whole.settings().spec().with(LORA);
    adapted = new RetrieverFolder(folder.resolve("adapted"));
    try (var model = new EncoderModel(spec, 5)) {
      model.load(base);
      var tf = model.tf();
      for (var map : model.encoders().loraKernels()) {
        var values = tf.math.mul(
            tf.constant(0.3f),
            tf.math.sin(tf.reshape(
                tf.range(tf.constant(0f), tf.constant((float) map.b().size()), tf.constant(1f)),
                tf.constant(map.b().shape().asArray()))));
        model.session().runner().addTarget(map.b().assign(tf, values)).run().close();
      }
      var settings = whole.settings().toBuilder()
          .spec(spec)
          .base(BaseCheckpoint.of(PublishedFolder.open(folder.resolve("base"))))
          .build();
      adapted.write(settings, whole.tokenizer(), model);
    }
  }

  private static Path huggingFace(RetrieverSource stored, String name) {
    var output = folder.resolve(name);
    new HuggingFaceExport(DType.F32, ShardPlan.DEFAULT_SHARD_BYTES, CARD)
        .export(stored, stored.settings(), output);
    return output;
  }

  private static Path peft(RetrieverSource stored, String name) {
    var output = folder.resolve(name);
    new PeftExport(CARD).export(stored, stored.settings(), output);
    return output;
  }

  private static float[] embeddings(Path model) {
    try (var retriever = StoredRetrievers.load(model)) {
      var ids = retriever.tokenize(TextKind.QUERY, "trivia", TEXTS);
      return retriever.encode(TextKind.QUERY, ids).values();
    }
  }

  private static float[] weights(RetrieverSource stored) {
    try (var model = new EncoderModel(stored.settings().spec(), 3)) {
      model.load(stored);
      return Values.all(model);
    }
  }

  @Test
  void mergedAdaptersGiveTheEmbeddingsOfBaseAndAdapters() {
    var merged = huggingFace(adapted, "merged");
    assertThat(embeddings(merged))
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(embeddings(adapted.path()));
    assertThat(embeddings(merged)).isNotEqualTo(embeddings(folder.resolve("base")));
  }

  @Test
  void adaptersComeBackWithTheSameBits() {
    var exported = StoredRetrievers.of(peft(adapted, "peft"));
    assertThat(exported.settings().spec()).isEqualTo(adapted.settings().spec().with(sorted()));
    assertThat(weights(exported)).containsExactly(weights(adapted));
    assertThat(embeddings(exported.path())).containsExactly(embeddings(adapted.path()));
    assertThat(embeddings(peft(exported, "peft-again")))
        .containsExactly(embeddings(adapted.path()));
  }

  private static Lora sorted() {
    return new Lora(3, 6, 0.1f, List.of("down_proj", "q_proj"));
  }

  /** {@code [r, in]} and {@code [out, r]}, below the names of PEFT's model and the one within. */
  @Test
  void tensorsAreNamedAndShapedAsByPeft() {
    var file = peft(adapted, "named").resolve("adapter_model.safetensors");
    var tensors = SafetensorsFile.open(file).tensors();
    assertThat(tensors).hasSize(2 * 2 * 2);
    var prefix = "base_model.model.layers.1.";
    assertThat(tensors.get(prefix + "self_attn.q_proj.lora_A.weight").shape())
        .containsExactly(3, 16);
    assertThat(tensors.get(prefix + "self_attn.q_proj.lora_B.weight").shape())
        .containsExactly(32, 3);
    assertThat(tensors.get(prefix + "mlp.down_proj.lora_A.weight").shape()).containsExactly(3, 24);
    assertThat(tensors.get(prefix + "mlp.down_proj.lora_B.weight").shape()).containsExactly(16, 3);
  }

  @Test
  void theBaseMayBeNamedFromTheFolderOn() throws IOException {
    var moved = peft(adapted, "relative");
    base(moved, "../base");
    assertThat(embeddings(moved)).containsExactly(embeddings(adapted.path()));
  }

  @Test
  void aBaseThatIsNotThereIsNamed() throws IOException {
    var lost = peft(adapted, "lost");
    base(lost, "Qwen/Qwen2.5-0.5B");
    assertThatThrownBy(() -> StoredRetrievers.load(lost))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("base_model_name_or_path is Qwen/Qwen2.5-0.5B");
  }

  private static void base(Path adapter, String name) throws IOException {
    var file = adapter.resolve("adapter_config.json");
    var json = (ObjectNode) new JsonMapper().readTree(file.toFile());
    Files.writeString(file, json.put("base_model_name_or_path", name).toString());
  }

  @Test
  void aRetrieverWithoutAdaptersIsRefused() {
    assertThatThrownBy(() -> peft(StoredRetrievers.of(folder.resolve("base")), "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("base has no adapters");
  }
}
