package org.tdro.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.models.BertArchitecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

class PrecisionTest {
  @TempDir
  static Path folder;

  private static final Map<Precision, SavedModelExport.Report> EXPORTS = new HashMap<>();

  /** Large enough that its matrices outweigh everything else. */
  @BeforeAll
  static void exportInEveryPrecision() {
    var run = folder.resolve("run");
    var bert = BertArchitecture.builder(SmallRetriever.VOCABULARY, 128, 2, 4)
        .feedForward(512)
        .positions(96, BertArchitecture.COUNT_ALL)
        .dropout(0.1f, 0.1f)
        .initializerRange(0.05f)
        .build();
    SmallRetriever.write(run.resolve("model"), new RetrieverSpec(bert, Pooling.MEAN, 64, true));
    for (var precision : Precision.values()) {
      EXPORTS.put(precision, export(run, precision, precision.name()));
    }
  }

  private static SavedModelExport.Report export(Path run, Precision precision, String base) {
    var stored = StoredRetrievers.of(run);
    return new SavedModelExport(new ExportOptions(IdType.INT32, precision))
        .export(stored, stored.settings(), folder.resolve(base));
  }

  private static Map<String, DataType> variables(Precision precision) {
    var types = new HashMap<String, DataType>();
    try (var bundle = SavedModelBundle.load(EXPORTS.get(precision).folder().toString(), "serve")) {
      for (NodeDef node : bundle.metaGraphDef().getGraphDef().getNodeList()) {
        if (node.getOp().equals("VarHandleOp")) {
          types.put(node.getName(), node.getAttrOrThrow("dtype").getType());
        }
      }
    }
    return types;
  }

  private static boolean isMatrix(String variable) {
    return variable.endsWith("/kernel/handle") || variable.endsWith("/embeddings/handle");
  }

  private static long weightBytes(Precision precision) throws Exception {
    try (var files = Files.list(EXPORTS.get(precision).folder().resolve("variables"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void matricesAreStoredAsAskedAndNothingElseIs() {
    for (var precision : Precision.values()) {
      var expected = Map.of(
              Precision.FP32, DataType.DT_FLOAT,
              Precision.BF16, DataType.DT_BFLOAT16,
              Precision.INT8, DataType.DT_INT8)
          .get(precision);
      assertThat(variables(precision))
          .isNotEmpty()
          .allSatisfy((name, type) ->
              assertThat(type).as(name).isEqualTo(isMatrix(name) ? expected : DataType.DT_FLOAT));
    }
  }

  @Test
  void noCopyOf32BitsIsLeft() throws Exception {
    double whole = weightBytes(Precision.FP32);
    assertThat(weightBytes(Precision.BF16) / whole).isBetween(0.5, 0.53);
    assertThat(weightBytes(Precision.INT8) / whole).isBetween(0.25, 0.29);
  }

  /** Rounding to 8 bits of mantissa is visible, and to 127 steps too, but neither turns an embedding. */
  @Test
  void roundingShowsButDoesNotTurnEmbeddings() {
    assertThat(EXPORTS.get(Precision.FP32).agreement().largest()).isLessThan(1e-6);
    for (var precision : new Precision[] {Precision.BF16, Precision.INT8}) {
      var agreement = EXPORTS.get(precision).agreement();
      assertThat(agreement.largest()).as(precision.name()).isBetween(1e-5, precision.tolerance());
      assertThat(agreement.largestCosine()).as(precision.name()).isBetween(1e-9, 1e-3);
      assertThat(agreement.meanCosine()).isLessThanOrEqualTo(agreement.largestCosine());
    }
  }

  @Test
  void bfloat16MultipliesIn16Bits() {
    try (var bundle =
        SavedModelBundle.load(EXPORTS.get(Precision.BF16).folder().toString(), "serve")) {
      var products = bundle.metaGraphDef().getGraphDef().getNodeList().stream()
          .filter(node -> node.getOp().equals("MatMul"))
          .filter(node -> !node.getAttrOrThrow("transpose_b").getB())
          .toList();
      assertThat(products)
          .isNotEmpty()
          .allSatisfy(node ->
              assertThat(node.getAttrOrThrow("T").getType()).isEqualTo(DataType.DT_BFLOAT16));
    }
  }

  /** Products of rows with kernels, gathered rows of tables and rotary angles, in a decoder too. */
  @Test
  void decodersAreCompressedToo() {
    var run = folder.resolve("decoder");
    var decoder = DecoderArchitecture.builder(SmallRetriever.VOCABULARY, 64, 2, 4)
        .keyValueHeads(2)
        .feedForward(128)
        .maxPositions(96)
        .inputBias(true)
        .initializerRange(0.1f)
        .build();
    SmallRetriever.write(
        run.resolve("model"), new RetrieverSpec(decoder, Pooling.LASTTOKEN, 0, true));
    for (var precision : Precision.values()) {
      var report = export(run, precision, "decoder-" + precision);
      assertThat(report.agreement().largest()).isLessThanOrEqualTo(precision.tolerance());
    }
  }
}
