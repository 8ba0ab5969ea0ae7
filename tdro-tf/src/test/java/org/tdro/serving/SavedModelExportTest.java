package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.retrieval.Retriever;
import org.tdro.retrieval.SmallRetriever;
import org.tdro.retrieval.StoredRetriever;
import org.tdro.retrieval.TextKind;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class SavedModelExportTest {
  @TempDir
  static Path folder;

  private static Path run;

  @BeforeAll
  static void makeARun() {
    run = folder.resolve("run");
    SmallRetriever.write(run.resolve("model"), SmallRetriever.mini());
  }

  private static void assertInput(TensorInfo info, DataType type) {
    assertThat(info.getDtype()).isEqualTo(type);
    assertThat(info.getTensorShape().getDimList())
        .extracting(d -> d.getSize())
        .containsExactly(-1L, -1L);
  }

  @Test
  void servesBothSignaturesWithTheWeightsAlone() {
    var output = folder.resolve("int32");
    assertThat(new SavedModelExport(IdType.INT32, 1e-6)
            .export(stored(run), stored(run).settings(), output))
        .isLessThan(1e-6);
    assertThat(output.resolve("assets/tokenizer.json"))
        .hasSameBinaryContentAs(run.resolve("model/tokenizer.json"));
    try (var bundle = SavedModelBundle.load(output.toString(), "serve")) {
      var signatures = bundle.metaGraphDef().getSignatureDefMap();
      assertThat(signatures).containsOnlyKeys("encode_query", "encode_passage");
      for (var signature : signatures.values()) {
        assertThat(signature.getMethodName()).isEqualTo("tensorflow/serving/predict");
        assertThat(signature.getInputsMap()).containsOnlyKeys("input_ids", "attention_mask");
        signature.getInputsMap().values().forEach(info -> assertInput(info, DataType.DT_INT32));
        var embedding = signature.getOutputsOrThrow("embedding");
        assertThat(embedding.getDtype()).isEqualTo(DataType.DT_FLOAT);
        assertThat(embedding.getTensorShape().getDimList())
            .extracting(d -> d.getSize())
            .containsExactly(-1L, 12L);
      }
      var variables = bundle.metaGraphDef().getGraphDef().getNodeList().stream()
          .filter(node -> node.getOp().equals("VariableV2"))
          .map(NodeDef::getName)
          .toList();
      assertThat(variables).containsExactlyInAnyOrderElementsOf(weights());
    }
  }

  /** Of embeddings that the graph cuts and normalises; expected is computed from whole ones. */
  @Test
  void servesEmbeddingsOfASmallerSize() {
    var output = folder.resolve("small");
    assertThat(new SavedModelExport(IdType.INT64, 1e-6)
            .export(stored(run), stored(run).settings().cut(4), output))
        .isLessThan(1e-6);
    float[] whole;
    try (var retriever = Retriever.load(run)) {
      whole = retriever.encode(TextKind.QUERY, new int[][] {{5, 9, 20}}).values();
    }
    double length =
        Math.sqrt(IntStream.range(0, 4).mapToDouble(i -> whole[i] * whole[i]).sum());
    var shape = Shape.of(1, 3);
    try (var bundle = SavedModelBundle.load(output.toString(), "serve");
        var ids = TInt64.tensorOf(shape, DataBuffers.of(5L, 9L, 20L));
        var mask = TInt64.tensorOf(shape, DataBuffers.of(1L, 1L, 1L));
        var result = bundle
            .function("encode_passage")
            .call(Map.of("input_ids", ids, "attention_mask", mask))) {
      var embedding = (TFloat32) result.get("embedding").orElseThrow();
      assertThat(embedding.shape()).isEqualTo(Shape.of(1, 4));
      for (int i = 0; i < 4; i++) {
        assertThat((double) embedding.getFloat(0, i))
            .isCloseTo(whole[i] / length, org.assertj.core.api.Assertions.within(2e-6));
      }
    }
  }

  @Test
  void aSizeAboveTheModelsIsRefused() {
    var output = folder.resolve("large");
    var export = new SavedModelExport(IdType.INT32, 1e-6);
    assertThatThrownBy(() -> export.export(stored(run), stored(run).settings().cut(13), output))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 1 to 12");
    assertThat(output).doesNotExist();
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
  void aProcessThatHasOnlyTensorFlowReadsIt() throws Exception {
    var output = folder.resolve("int64");
    new SavedModelExport(IdType.INT64, 1e-6).export(stored(run), stored(run).settings(), output);
    float[] expected;
    try (var retriever = Retriever.load(run)) {
      expected = retriever.encode(TextKind.QUERY, new int[][] {{5, 9, 20}}).values();
    }
    for (var signature : List.of("encode_query", "encode_passage")) {
      var lines = bareReader(output, signature);
      assertThat(lines).hasSize(12);
      for (int i = 0; i < 12; i++) {
        assertThat(Float.parseFloat(lines.get(i)))
            .isCloseTo(expected[i], org.assertj.core.api.Assertions.within(2e-6f));
      }
    }
  }

  private static List<String> bareReader(Path savedModel, String signature) throws Exception {
    var classes = folder.resolve("classes/org/tdro/serving");
    Files.createDirectories(classes);
    try (var code = BareReader.class.getResourceAsStream("BareReader.class")) {
      Files.write(classes.resolve("BareReader.class"), code.readAllBytes());
    }
    var needed = Pattern.compile("(tensorflow-core|ndarray|javacpp|protobuf-java)-.*\\.jar");
    var jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> needed.matcher(Path.of(entry).getFileName().toString()).matches())
        .collect(Collectors.joining(File.pathSeparator));
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            folder.resolve("classes") + File.pathSeparator + jars,
            "org.tdro.serving.BareReader",
            savedModel.toString(),
            signature)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (var out = process.inputReader()) {
      var lines = out.lines().toList();
      assertThat(process.waitFor()).isZero();
      return lines;
    }
  }

  @Test
  void anExportThatDiffersIsNotPutInPlace() {
    var output = folder.resolve("refused/1");
    // No difference is as small as that.
    assertThatThrownBy(() -> new SavedModelExport(IdType.INT32, -1)
            .export(stored(run), stored(run).settings(), output))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(
            "the exported model differs from the trained one by 0.0, more than -1.0");
    assertThat(folder.resolve("refused")).isEmptyDirectory();
  }

  @Test
  void aFolderThatExistsIsLeftAlone() throws IOException {
    var output = Files.createDirectories(folder.resolve("present"));
    Files.writeString(output.resolve("file"), "mine");
    assertThatThrownBy(() -> new SavedModelExport(IdType.INT32, 1e-5)
            .export(stored(run), stored(run).settings(), output))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exists already");
    assertThat(output.resolve("file")).hasContent("mine");
  }

  private static StoredRetriever stored(Path run) {
    return StoredRetriever.of(run);
  }
}
