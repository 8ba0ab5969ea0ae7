package org.tdro.export.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsFolder;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.keras.testing.Values;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.testing.Shared;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

class HuggingFaceExportTest {
  private static final List<String> TEXTS = List.of("a", "some longer text", "日本");

  @TempDir
  static Path folder;

  private static RetrieverSource mini;

  @BeforeAll
  static void makeARetriever() {
    mini = SmallRetriever.write(folder.resolve("mini"), SmallRetriever.mini());
  }

  private static HuggingFaceExport export(DType type, long maxShardBytes) {
    return new HuggingFaceExport(type, maxShardBytes, new PythonModelCard(Map.of("seed", "7")));
  }

  private static RetrieverSource export(RetrieverSource stored, String name, DType type) {
    var output = folder.resolve(name);
    export(type, ShardPlan.DEFAULT_SHARD_BYTES).export(stored, stored.settings(), output);
    return StoredRetrievers.of(output);
  }

  private static float[] weights(RetrieverSource stored) {
    try (var model = new EncoderModel(stored.settings().spec(), 3)) {
      model.load(stored);
      return Values.of(model);
    }
  }

  private static float[] embeddings(RetrieverSource stored) {
    try (var retriever = StoredRetrievers.load(stored.path())) {
      var ids = retriever.tokenize(TextKind.QUERY, "trivia", TEXTS);
      return retriever.encode(TextKind.QUERY, ids).values();
    }
  }

  private static JsonNode json(String file) throws IOException {
    return new JsonMapper().readTree(folder.resolve(file).toFile());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qwen2_gqa",
        "qwen2_mha_causallm",
        "qwen2_bf16",
        "llama_gqa_sharded",
        "mistral_swa",
        "mistral_full",
        "bert",
        "xlm_roberta_mlm"
      })
  void whatIsLoadedAndExportedLoadsWithTheSameBits(String name) {
    var published = StoredRetrievers.of(Shared.path("golden/encoders/" + name));
    var exported = export(published, name, DType.F32);
    assertThat(exported.settings()).isEqualTo(published.settings());
    assertThat(weights(exported)).containsExactly(weights(published));
  }

  @Test
  void weightsThatWereOfSixteenBitsStayTheSameInSixteen() {
    var published = StoredRetrievers.of(Shared.path("golden/encoders/qwen2_bf16"));
    var exported = export(published, "sixteen", DType.BF16);
    var tensors = SafetensorsFolder.open(exported.path()).tensors();
    assertThat(tensors.values()).extracting(tensor -> tensor.type()).containsOnly(DType.BF16);
    assertThat(weights(exported)).containsExactly(weights(published));
  }

  /** Its projection is a Dense module, its missing token types are zeros. */
  @Test
  void aRetrieverKeepsItsEmbeddings() throws IOException {
    var exported = export(mini, "exported", DType.F32);
    assertThat(exported.settings().spec().projections())
        .isEqualTo(mini.settings().spec().projections());
    assertThat(embeddings(exported))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(embeddings(mini));
    assertThat(json("exported/modules.json").findValuesAsText("path"))
        .containsExactly("", "1_Pooling", "2_Dense", "3_Normalize");
    assertThat(folder.resolve("exported/3_Normalize")).isDirectory();
    assertThat(json("exported/2_Dense/config.json").get("bias").asBoolean()).isFalse();
    assertThat(json("exported/1_Pooling/config.json")
            .get("pooling_mode_mean_tokens")
            .asBoolean())
        .isTrue();
    assertThat(json("exported/sentence_bert_config.json").get("max_seq_length").asInt())
        .isEqualTo(64);
    var config = json("exported/config_sentence_transformers.json");
    assertThat(config.get("prompts").get("trivia").asText()).isEqualTo("find: ");
    assertThat(config.get("similarity_fn_name").asText()).isEqualTo("cosine");
    var tokenizer = json("exported/tokenizer_config.json");
    assertThat(tokenizer.get("pad_token").asText()).isEqualTo("<|pad|>");
    assertThat(tokenizer.get("eos_token").asText()).isEqualTo("<|endoftext|>");
    assertThat(json("exported/config.json").get("eos_token_id").asInt()).isEqualTo(1);
    assertThat(folder.resolve("exported/README.md")).content().contains("| seed | 7 |");
  }

  @Test
  void anotherProjectionHasAnotherFingerprint() throws IOException {
    var first = export(mini, "first", DType.F32).fingerprint();
    var file = folder.resolve("first/2_Dense/model.safetensors");
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThat(StoredRetrievers.of(folder.resolve("first")).fingerprint()).isNotEqualTo(first);
  }

  @Test
  void weightsAboveTheLimitGoIntoSeveralFiles() {
    export(DType.F32, 5000).export(mini, mini.settings(), folder.resolve("shards"));
    assertThat(folder.resolve("shards/model.safetensors.index.json")).exists();
    assertThat(SafetensorsFolder.open(folder.resolve("shards")).files().size()).isGreaterThan(3);
    var exported = StoredRetrievers.of(folder.resolve("shards"));
    assertThat(embeddings(exported))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(embeddings(mini));
  }

  @Test
  void whatSentenceTransformersDoesNotKnowIsRefusedAtOnce() {
    var settings = mini.settings();
    var changed = settings.toBuilder()
        .spec(settings.spec().with(Pooling.AVG_TOP2))
        .prompts(new Prompts(Map.of("x-passage", new PromptTemplate("{text}\nAnswer:")), Map.of()))
        .build();
    assertThatThrownBy(() ->
            export(DType.F32, 1 << 20).export(mini, changed.cut(5), folder.resolve("refused")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pooling AVG_TOP2")
        .hasMessageContaining("truncate_dim=5")
        .hasMessageContaining("Answer:")
        .hasMessageContaining("x-passage");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  /** Its own tokenizer appends an end token, whose vector is in each mean. */
  @Test
  void staticEmbeddingsWithSpecialTokensAreRefused() {
    var stored = SmallRetriever.write(folder.resolve("static"), SmallRetriever.staticOf(258));
    assertThatThrownBy(() -> export(stored, "static-exported", DType.F32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("special tokens around a text in a model of kind static");
    assertThat(folder.resolve("static-exported")).doesNotExist();
  }

  @Test
  void nothingIsReplaced() {
    assertThatThrownBy(() -> export(mini, "mini", DType.F32))
        .hasMessageContaining("mini exists already");
  }
}
