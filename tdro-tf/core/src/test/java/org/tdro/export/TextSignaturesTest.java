package org.tdro.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.Json;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.TextSignature;
import org.tdro.testing.Shared;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.WordCounts;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** An export that takes strings, of a published retriever with WordPiece. */
class TextSignaturesTest {
  private static final float TOLERANCE = 1e-6f;
  private static final int VOCABULARY = 270;
  /** Whole numbers and letters only: arguments of a process. */
  private static final String TEXT = "Which [SEP] city is unaffable? 東京";

  @TempDir
  static Path folder;

  private static Path model;
  private static Path version;

  @BeforeAll
  static void export() {
    model = Shared.path("models/all-minilm-l6-v2");
    var stored = StoredRetrievers.of(model);
    var settings = stored.settings().toBuilder()
        .prompts(new Prompts(
            Map.of(
                "", PromptTemplate.before("query: "), "trivia", PromptTemplate.instruct("Guess.")),
            Map.of("", new PromptTemplate("{text}"), "code", new PromptTemplate("```{text}```"))))
        .build();
    version = new SavedModelExport(withDefault(DefaultSignature.EMBED_PASSAGE_TEXT))
        .export(stored, settings, folder.resolve("minilm"))
        .folder();
  }

  private static ExportOptions withDefault(DefaultSignature signature) {
    return new ExportOptions(
        IdType.INT64, Precision.FP32, signature, OptionalLong.empty(), OptionalDouble.empty());
  }

  private static float[][] embed(SavedModelBundle bundle, TextKind kind, List<String> texts) {
    return call(bundle, TextSignature.of(kind).key(), Map.of("text", texts));
  }

  private static float[][] call(
      SavedModelBundle bundle, String signature, Map<String, List<String>> inputs) {
    var tensors = new HashMap<String, Tensor>();
    inputs.forEach(
        (name, values) -> tensors.put(name, TString.vectorOf(values.toArray(String[]::new))));
    try (var result = bundle.function(signature).call(tensors)) {
      var embeddings = (TFloat32) result.get("embedding").orElseThrow();
      var rows =
          new float[(int) embeddings.shape().get(0)][(int) embeddings.shape().get(1)];
      for (int row = 0; row < rows.length; row++) {
        for (int i = 0; i < rows[row].length; i++) {
          rows[row][i] = embeddings.getFloat(row, i);
        }
      }
      return rows;
    } finally {
      tensors.values().forEach(Tensor::close);
    }
  }

  @Test
  void stringsHaveTheEmbeddingsOfTheRetriever() throws Exception {
    var texts = new ArrayList<>(List.of("", " ", TEXT));
    var lines = Files.readAllLines(model.resolve("expected.jsonl"));
    for (int i = 0; i < lines.size(); i += 3) {
      texts.add(new JsonMapper().readTree(lines.get(i)).get("text").asText());
    }
    try (var bundle = SavedModelBundle.load(version.toString(), "serve");
        var retriever = StoredRetrievers.load(model)) {
      var signature = bundle.metaGraphDef().getSignatureDefOrThrow("embed_query_text");
      assertThat(signature.getInputsOrThrow("text").getDtype()).isEqualTo(DataType.DT_STRING);
      assertThat(signature.getInputsOrThrow("text").getTensorShape().getDimCount())
          .isEqualTo(1);
      assertThat(bundle.metaGraphDef().getSignatureDefOrThrow("serving_default"))
          .isEqualTo(bundle.metaGraphDef().getSignatureDefOrThrow("embed_passage_text"));
      assertClose(
          embed(bundle, TextKind.QUERY, texts),
          retriever,
          texts.stream().map(text -> "query: " + text).toList());
      assertClose(embed(bundle, TextKind.PASSAGE, texts), retriever, texts);
    }
  }

  private static void assertClose(float[][] embeddings, Retriever retriever, List<String> texts) {
    var expected = retriever.encode(TextKind.PASSAGE, "", texts);
    for (int row = 0; row < texts.size(); row++) {
      assertThat(embeddings[row])
          .as(texts.get(row))
          .usingComparatorWithPrecision(TOLERANCE)
          .containsExactly(expected.row(row));
    }
  }

  /** One graph computes all signatures of a kind: another input, not another encoder. */
  @Test
  void promptsAndTitlesAreInputs() throws Exception {
    var texts = List.of(TEXT, "a city", "");
    try (var bundle = SavedModelBundle.load(version.toString(), "serve");
        var retriever = StoredRetrievers.load(model)) {
      assertClose(
          call(
              bundle,
              "embed_prompted_query_text",
              Map.of("text", texts, "prompt_name", List.of("trivia", "", "trivia"))),
          retriever,
          List.of(
              "Instruct: Guess.\nQuery: " + TEXT, "query: a city", "Instruct: Guess.\nQuery: "));
      assertClose(
          call(
              bundle,
              "embed_prompted_passage_text",
              Map.of("text", texts, "prompt_name", List.of("", "code", ""))),
          retriever,
          List.of(TEXT, "```a city```", ""));
      assertClose(
          call(
              bundle,
              "embed_prompted_titled_passage_text",
              Map.of(
                  "text",
                  texts,
                  "title",
                  List.of("", "Which", "T"),
                  "prompt_name",
                  List.of("code", "code", ""))),
          retriever,
          List.of("```" + TEXT + "```", "```Which a city```", "T "));
      var signatures = bundle.metaGraphDef().getSignatureDefMap();
      for (var kind : List.of("query", "passage")) {
        assertThat(signatures.get("embed_prompted_%s_text".formatted(kind)).getOutputsMap())
            .isEqualTo(signatures.get("embed_%s_text".formatted(kind)).getOutputsMap());
      }
    }
  }

  @Test
  void aPromptThatThereIsNotFails() {
    try (var bundle = SavedModelBundle.load(version.toString(), "serve")) {
      var inputs = Map.of("text", List.of("a", "b"), "prompt_name", List.of("code", "trivia"));
      assertThatThrownBy(() -> call(bundle, "embed_prompted_passage_text", inputs))
          .isInstanceOf(TFInvalidArgumentException.class)
          .hasMessageContaining("there is no prompt trivia of passages; there are [code]");
    }
  }

  @Test
  void promptsByNameMayBeTheDefaultWhereThereAreAny() throws Exception {
    var run = SmallRetriever.write(
        folder.resolve("prompted"),
        SmallRetriever.staticOf(VOCABULARY),
        TextSignaturesTest::writeLearned);
    var stored = StoredRetrievers.of(run.path());
    var exported = new SavedModelExport(withDefault(DefaultSignature.EMBED_PROMPTED_QUERY_TEXT))
        .export(stored, stored.settings(), folder.resolve("default"));
    try (var bundle = SavedModelBundle.load(exported.folder().toString(), "serve")) {
      assertThat(bundle.metaGraphDef().getSignatureDefOrThrow("serving_default").getInputsMap())
          .containsOnlyKeys("text", "prompt_name");
    }
    var ofPassages =
        new SavedModelExport(withDefault(DefaultSignature.EMBED_PROMPTED_PASSAGE_TEXT));
    assertThatThrownBy(
            () -> ofPassages.export(stored, stored.settings(), folder.resolve("without")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot have the signature embed_prompted_passage_text")
        .hasMessageContaining("the model has no prompts of tasks for passages");
  }

  @Test
  void aTokenizerThatIsNotExactCannotBeTheDefault() {
    var run = SmallRetriever.write(
        folder.resolve("run"), SmallRetriever.mini(), TextSignaturesTest::writeWithFallback);
    var stored = StoredRetrievers.of(run.path());
    var export = new SavedModelExport(withDefault(DefaultSignature.EMBED_QUERY_TEXT));
    assertThatThrownBy(() -> export.export(stored, stored.settings(), folder.resolve("refused")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot have the signature embed_query_text")
        .hasMessageContaining("its tokenizer has model.byte_fallback");
    assertThat(folder.resolve("refused/1")).doesNotExist();
  }

  private static void writeWithFallback(Path tokenizerJson) {
    new BytePairTrainer(258).train(new WordCounts(false)).write(tokenizerJson);
    var json = (ObjectNode) Json.read(tokenizerJson);
    ((ObjectNode) json.get("model")).put("byte_fallback", true);
    Json.write(tokenizerJson, json);
  }

  /** Of byte-level BPE with a normalizer, which needs functions and branches. */
  @Test
  void othersReadThem() throws Exception {
    var run = SmallRetriever.write(
        folder.resolve("learned"),
        SmallRetriever.staticOf(VOCABULARY),
        TextSignaturesTest::writeLearned);
    var exported = folder.resolve("exported");
    SmallExport.write(run, IdType.INT32, exported);
    try (var retriever = StoredRetrievers.load(run.path())) {
      var expected = retriever.encode(TextKind.PASSAGE, "", List.of(TEXT)).row(0);
      for (var reader : ReaderProcess.values()) {
        var lines = reader.read(folder, exported.toString(), "embed_passage_text", TEXT);
        assertThat(lines).as(reader.name()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
          assertThat(Float.parseFloat(lines.get(i))).isCloseTo(expected[i], within(TOLERANCE));
        }
      }
    }
  }

  private static void writeLearned(Path tokenizerJson) {
    var counts = new WordCounts(true);
    counts.add(List.of("which city is which city of all the cities", "able, unable, unaffable"));
    new BytePairTrainer(VOCABULARY).train(counts).write(tokenizerJson);
  }

  @Test
  void theSameModelHasTheSameBytes() throws Exception {
    var run = SmallRetriever.write(
        folder.resolve("same"),
        SmallRetriever.staticOf(VOCABULARY),
        TextSignaturesTest::writeLearned);
    for (var name : List.of("first", "second")) {
      SmallExport.write(run, IdType.INT32, folder.resolve(name));
    }
    assertThat(folder.resolve("first/saved_model.pb"))
        .hasSameBinaryContentAs(folder.resolve("second/saved_model.pb"));
  }

  @Test
  void theCardNamesThem() {
    assertThat(version.resolve("assets/README.md"))
        .content()
        .contains("`embed_query_text`", "\n| longest query, passage | 256, 256 tokens;");
  }
}
