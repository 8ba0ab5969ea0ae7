package org.tdro.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.text.TextKind;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class SavedModelExportTest {
  private static final int[] TEXT = {5, 9, 20};

  @TempDir
  static Path folder;

  private static Path run;

  @BeforeAll
  static void makeARun() {
    run = folder.resolve("run");
    SmallRetriever.write(run.resolve("model"), SmallRetriever.mini());
  }

  private static SavedModelExport.Report export(String base, IdType idType, Precision precision) {
    var stored = StoredRetrievers.of(run);
    return new SavedModelExport(new ExportOptions(idType, precision))
        .export(stored, stored.settings(), folder.resolve(base));
  }

  private static SavedModelExport.Report export(String base, ExportOptions options) {
    var stored = StoredRetrievers.of(run);
    return new SavedModelExport(options).export(stored, stored.settings(), folder.resolve(base));
  }

  private static ExportOptions version(long version) {
    return new ExportOptions(
        IdType.INT32,
        Precision.FP32,
        DefaultSignature.ENCODE_QUERY,
        OptionalLong.of(version),
        OptionalDouble.empty());
  }

  private static void assertIds(TensorInfo info, DataType type) {
    assertThat(info.getDtype()).isEqualTo(type);
    assertShape(info, -1, -1);
  }

  private static void assertShape(TensorInfo info, long... sizes) {
    assertThat(info.getTensorShape().getDimList().stream()
            .mapToLong(d -> d.getSize())
            .toArray())
        .containsExactly(sizes);
  }

  private static Map<String, SignatureDef> signatures(SavedModelBundle bundle) {
    return bundle.metaGraphDef().getSignatureDefMap();
  }

  @Test
  void servesEverySignatureWithTheWeightsAlone() {
    var report = export("int32", IdType.INT32, Precision.FP32);
    assertThat(report.folder()).isEqualTo(folder.resolve("int32/1"));
    assertThat(report.agreement().largest()).isLessThan(1e-6);
    assertThat(report.milliseconds()).containsOnlyKeys(1, 8, 32);
    var assets = RetrieverAssets.read(report.folder());
    assertThat(assets.signatureOfTokenizer(TextKind.QUERY)).matches("encode_query@[0-9a-f]{16}");
    try (var bundle = SavedModelBundle.load(report.folder().toString(), "serve")) {
      assertThat(signatures(bundle))
          .containsOnlyKeys(
              "encode_query",
              "encode_passage",
              "serving_default",
              "score",
              assets.signatureOfTokenizer(TextKind.QUERY),
              assets.signatureOfTokenizer(TextKind.PASSAGE),
              "embed_query_text",
              "embed_passage_text",
              "embed_titled_passage_text",
              "embed_prompted_query_text");
      signatures(bundle).forEach((key, signature) -> {
        assertThat(signature.getMethodName()).isEqualTo("tensorflow/serving/predict");
        if (key.endsWith("_text")) {
          assertThat(signature.getInputsMap().values())
              .allMatch(info -> info.getDtype() == DataType.DT_STRING);
          return;
        }
        signature.getInputsMap().values().forEach(info -> assertIds(info, DataType.DT_INT32));
        if (key.equals("score")) {
          assertThat(signature.getInputsMap())
              .containsOnlyKeys(
                  "query_input_ids",
                  "query_attention_mask",
                  "passage_input_ids",
                  "passage_attention_mask");
          assertShape(signature.getOutputsOrThrow("score"), -1, -1);
        } else {
          assertThat(signature.getInputsMap()).containsOnlyKeys("input_ids", "attention_mask");
          assertShape(signature.getOutputsOrThrow("embedding"), -1, 12);
          assertThat(signature.getOutputsOrThrow("embedding").getDtype())
              .isEqualTo(DataType.DT_FLOAT);
        }
      });
      assertThat(variables(bundle)).containsExactlyInAnyOrderElementsOf(weights());
    }
  }

  /** The variables of the graph. */
  private static List<String> variables(SavedModelBundle bundle) {
    return bundle.metaGraphDef().getGraphDef().getNodeList().stream()
        .filter(node -> node.getOp().equals("VarHandleOp"))
        .map(NodeDef::getName)
        .map(name -> name.substring(0, name.length() - "/handle".length()))
        .toList();
  }

  private static List<String> weights() {
    try {
      return Files.readAllLines(run.resolve("model/weights/weights.tsv")).stream()
          .map(line -> line.substring(0, line.indexOf('\t')))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aVersionHoldsWhatClientsNeed() throws IOException {
    var version = export("whole", IdType.INT64, Precision.FP32).folder();
    assertThat(version.resolve("assets/tokenizer.json"))
        .hasSameBinaryContentAs(run.resolve("model/tokenizer.json"));
    var assets = RetrieverAssets.read(version);
    assertThat(assets.name()).isEqualTo("whole");
    assertThat(assets.dimension()).isEqualTo(12);
    assertThat(assets.idType()).isEqualTo(IdType.INT64);
    assertThat(assets.maxLength(TextKind.PASSAGE)).isEqualTo(64);
    assertThat(assets.prompts().of(TextKind.QUERY, "trivia").apply("x")).isEqualTo("find: x");
    assertThat(version.resolve("assets/README.md"))
        .content()
        .contains("# whole", "`embedding` [batch, 12]", "- `trivia`: `find: {text}`");
    try (var files = Files.list(version)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("assets", "assets.extra", "saved_model.pb", "variables");
    }
    try (var files = Files.list(version.resolve("variables"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("variables.index", "variables.data-00000-of-00001");
    }
  }

  /** Of embeddings that the graph cuts and normalises; expected is computed from whole ones. */
  @Test
  void servesEmbeddingsOfASmallerSize() {
    var stored = StoredRetrievers.of(run);
    var report = new SavedModelExport(new ExportOptions(IdType.INT64, Precision.FP32))
        .export(stored, stored.settings().cut(4), folder.resolve("small"));
    var whole = trained();
    double length =
        Math.sqrt(IntStream.range(0, 4).mapToDouble(i -> whole[i] * whole[i]).sum());
    try (var bundle = SavedModelBundle.load(report.folder().toString(), "serve")) {
      var embedding = call(bundle, "encode_passage", "", "embedding");
      assertThat(embedding).hasSize(4);
      for (int i = 0; i < 4; i++) {
        assertThat((double) embedding[i]).isCloseTo(whole[i] / length, within(2e-6));
      }
    }
    assertThat(RetrieverAssets.read(report.folder()).dimension()).isEqualTo(4);
  }

  private static float[] trained() {
    try (var retriever = StoredRetrievers.load(run)) {
      return retriever.encode(TextKind.QUERY, new int[][] {TEXT}).values();
    }
  }

  /** The numbers that a signature returns for {@link #TEXT}, once for each prefix of its inputs. */
  private static float[] call(
      SavedModelBundle bundle, String signature, String prefixes, String output) {
    var shape = Shape.of(1, TEXT.length);
    try (var ids = TInt64.tensorOf(
            shape, DataBuffers.of(Arrays.stream(TEXT).asLongStream().toArray()));
        var mask = TInt64.tensorOf(shape, DataBuffers.of(1L, 1L, 1L))) {
      var inputs = new HashMap<String, Tensor>();
      for (var prefix : prefixes.split(" ", -1)) {
        inputs.put(prefix + "input_ids", ids);
        inputs.put(prefix + "attention_mask", mask);
      }
      try (var result = bundle.function(signature).call(inputs)) {
        var tensor = (TFloat32) result.get(output).orElseThrow();
        var values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  @Test
  void theScoreOfATextWithItselfIsItsCosineOne() {
    var version = export("score", IdType.INT64, Precision.FP32).folder();
    try (var bundle = SavedModelBundle.load(version.toString(), "serve")) {
      var score = call(bundle, "score", "query_ passage_", "score");
      assertThat(score).hasSize(1);
      assertThat(score[0]).isCloseTo(1, within(1e-6f));
    }
  }

  @Test
  void aSizeAboveTheModelsIsRefused() {
    var stored = StoredRetrievers.of(run);
    var export = new SavedModelExport(new ExportOptions(IdType.INT32, Precision.FP32));
    assertThatThrownBy(
            () -> export.export(stored, stored.settings().cut(13), folder.resolve("large")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 1 to 12");
    assertThat(folder.resolve("large")).doesNotExist();
  }

  @Test
  void aProcessThatHasOnlyTensorFlowReadsIt() throws Exception {
    var version = export("int64", IdType.INT64, Precision.FP32).folder();
    for (var signature : List.of("encode_query", "encode_passage", "serving_default")) {
      assertTrained(ReaderProcess.BARE.read(folder, version.toString(), signature));
    }
  }

  @Test
  void anotherEngineReadsIt() throws Exception {
    for (var precision : Precision.values()) {
      var version = export("engine-" + precision, IdType.INT64, precision).folder();
      var lines = ReaderProcess.DJL.read(folder, version.toString(), "encode_query");
      if (precision == Precision.FP32) {
        assertTrained(lines);
      } else {
        assertThat(lines).hasSize(12);
      }
    }
  }

  @Test
  void theSameModelGivesTheSameBytes() {
    var first = export("same", IdType.INT32, Precision.INT8).folder();
    var second = export("same", IdType.INT32, Precision.INT8).folder();
    for (var file : List.of(
        "saved_model.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
        "assets/retriever.json",
        "assets/README.md",
        "assets.extra/tf_serving_warmup_requests")) {
      assertThat(second.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
    }
  }

  private static void assertTrained(List<String> lines) {
    var expected = trained();
    assertThat(lines).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.parseFloat(lines.get(i))).isCloseTo(expected[i], within(2e-6f));
    }
  }

  @Test
  void anExportThatDiffersIsNotPutInPlace() {
    var exact = new ExportOptions(
        IdType.INT32,
        Precision.BF16,
        DefaultSignature.ENCODE_QUERY,
        OptionalLong.empty(),
        OptionalDouble.of(1e-9));
    assertThatThrownBy(() -> export("refused", exact))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the exported model differs from the trained one by ")
        .hasMessageContaining("more than 1.0E-9");
    assertThat(folder.resolve("refused").toFile().list()).containsExactly(".lock");
  }

  @Test
  void aVersionThatExistsIsLeftAlone() throws IOException {
    var present = Files.createDirectories(folder.resolve("present/3"));
    Files.writeString(present.resolve("file"), "mine");
    assertThatThrownBy(() -> export("present", version(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a version 3 already; the next free one is 4");
    assertThat(present.resolve("file")).hasContent("mine");
  }
}
