package org.tdro.retriever.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.InputException;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.Retriever;
import org.tdro.testing.Shared;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;

/** Published folders as retrievers: what they encode, and how their embeddings are compared. */
class PretrainedRetrieverTest {
  /** Between two engines that add single-precision numbers in different orders; 3.1e-7 was measured. */
  private static final float TOLERANCE = 4e-7f;

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir
  Path folder;

  private static List<JsonNode> lines(String file) throws IOException {
    var lines = new ArrayList<JsonNode>();
    for (var line : Files.readAllLines(Shared.path(file))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static float[] row(float[] values, int row, int size) {
    return Arrays.copyOfRange(values, row * size, (row + 1) * size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all-minilm-l6-v2", "bge-small-zh-v1.5"})
  void publishedModelsEncodeAsAnotherEngineDoes(String name) throws IOException {
    var expected = lines("models/" + name + "/expected.jsonl");
    var texts = expected.stream().map(line -> line.get("text").asText()).toList();
    try (var retriever = StoredRetrievers.load(Shared.path("models/" + name))) {
      var values = retriever.encode(TextKind.PASSAGE, "", texts).values();
      for (int i = 0; i < expected.size(); i++) {
        assertThat(row(values, i, retriever.dimension()))
            .usingComparatorWithPrecision(TOLERANCE)
            .containsExactly(JSON.convertValue(expected.get(i).get("embedding"), float[].class));
      }
    }
  }

  private void largerVocabulary() throws IOException {
    var config = SmallCheckpoint.write(folder, 3).resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"vocab_size\":256", "\"vocab_size\":300"));
  }

  @Test
  void aVocabularyBeyondTheStoredRowsIsRefused() throws IOException {
    largerVocabulary();
    assertThatThrownBy(() -> StoredRetrievers.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessage("%s: vocab_size is 300, but tensor embed_tokens.weight has 256 rows"
            .formatted(folder.resolve("config.json")));
  }

  @Test
  void aLengthThatLeavesNoRoomForTheTextIsRefused() throws IOException {
    largerVocabulary();
    Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 1}");
    assertThatThrownBy(() -> StoredRetrievers.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the model's longest query is too short: maximum length 1 leaves");
  }

  /** Its vectors have any length, so that only the cosine finds each text nearest to itself. */
  @Test
  void theCosineIsComparedWhereNothingNormalises() throws IOException {
    var texts = lines("field/27-similarity/ev/corpus.jsonl").stream()
        .map(line -> line.get("text").asText())
        .toList();
    var source = StoredRetrievers.of(Shared.path("field/27-similarity/m"));
    var settings = source.settings();
    assertThat(settings.spec().normalize()).isFalse();
    try (var retriever =
        Retriever.load(source, settings.comparedByProduct(), ConfigProto.getDefaultInstance())) {
      var values = retriever.encode(TextKind.PASSAGE, "", texts).values();
      int size = retriever.dimension();
      for (int i = 0; i < texts.size(); i++) {
        for (int j = 0; j < texts.size(); j++) {
          assertThat(product(row(values, i, size), row(values, j, size)))
              .isLessThanOrEqualTo(product(row(values, i, size), row(values, i, size)) + 1e-6);
        }
      }
    }
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void anExportKeepsTheSimilarity() {
    var source = StoredRetrievers.of(Shared.path("field/27-similarity/m"));
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()))
        .export(source, source.settings(), folder.resolve("exported"));
    var exported = StoredRetrievers.of(folder.resolve("exported")).settings();
    assertThat(exported.similarity()).isEqualTo(Similarity.COSINE);
    assertThat(exported.spec().normalize()).isFalse();
  }

  @Test
  void thePromptOfAllQueriesIsPutBeforeThem() {
    try (var retriever = StoredRetrievers.load(Shared.path("field/05-prompts/m"))) {
      int length = retriever.settings().queryLength();
      assertThat(retriever.tokenize(TextKind.QUERY, "any", "cat"))
          .isEqualTo(retriever.tokenizer().encode("query : cat", length));
      assertThat(retriever.tokenize(TextKind.PASSAGE, "", "cat"))
          .isEqualTo(retriever.tokenizer().encode("passage : cat", length));
    }
  }

  @Test
  void poolingLengthAndPromptsAreTheFolders() {
    var settings =
        StoredRetrievers.of(Shared.path("field/32-train-from-published/cls")).settings();
    assertThat(settings.spec().pooling()).isEqualTo(Pooling.CLS);
    assertThat(settings.queryLength()).isEqualTo(48);
    assertThat(settings.prompts().of(TextKind.QUERY, "a").apply("x")).isEqualTo("query : x");
  }
}
