package org.tdro.retriever.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.export.ExportOptions;
import org.tdro.export.Precision;
import org.tdro.export.SavedModelExport;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.SmallStatic;
import org.tdro.huggingface.WrittenTensors;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsFile;
import org.tdro.huggingface.safetensors.SafetensorsWriter;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tdro.io.InputException;
import org.tdro.retriever.Pooling;
import org.tdro.serving.client.IdType;
import org.tdro.text.TextKind;

/** Folders of sentence-transformers' StaticEmbedding, against means in double precision. */
class StaticFoldersTest {
  /** Of components of vectors of length 1, computed in single precision. */
  private static final float TOLERANCE = 3e-7f;

  private static final List<String> TEXTS =
      List.of("The capital of land 7", "paint dries", "", "an unknown word", "[SEP] paint 3 3 3");

  @TempDir
  Path folder;

  private static float[] embeddings(Path model) {
    try (var retriever = StoredRetrievers.load(model)) {
      return retriever.encode(TextKind.PASSAGE, "", TEXTS).values();
    }
  }

  /** Returns the mean of the vectors of each text's first tokens, of length 1 or zero. */
  private static float[] means(double[] table, int most) {
    var all = new float[TEXTS.size() * SmallStatic.HIDDEN];
    for (int text = 0; text < TEXTS.size(); text++) {
      // A special token that a text itself names is one.
      var ids = SmallStatic.ids(TEXTS.get(text).replace("[SEP]", "[sep]"));
      if (TEXTS.get(text).startsWith("[SEP]")) {
        ids[0] = 3;
      }
      var mean = new double[SmallStatic.HIDDEN];
      int tokens = Math.min(most, ids.length);
      for (int token = 0; token < tokens; token++) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += table[ids[token] * mean.length + i] / tokens;
        }
      }
      double length = Math.sqrt(Arrays.stream(mean).map(value -> value * value).sum());
      for (int i = 0; i < mean.length; i++) {
        all[text * mean.length + i] = (float) (length == 0 ? 0 : mean[i] / length);
      }
    }
    return all;
  }

  private static void assertNear(float[] computed, float[] expected) {
    assertThat(computed).usingComparatorWithPrecision(TOLERANCE).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({"embedding.weight, F32", "embedding.weight, F16", "embeddings, BF16"})
  void anEmbeddingIsTheMeanOfTheVectorsOfItsTokens(String name, DType type) throws IOException {
    var table = SmallStatic.table(name);
    var model = SmallStatic.write(folder.resolve("model"), table, type);
    assertNear(embeddings(model), means(table.get(name), Integer.MAX_VALUE));
    var settings = StoredRetrievers.of(model).settings();
    assertThat(settings.spec().architecture().vocabulary()).isEqualTo(SmallStatic.vocabulary());
    assertThat(settings.queryLength()).isEqualTo(Integer.MAX_VALUE);
  }

  /** The settings in its config.json are not sentence-transformers'. */
  @Test
  void model2vecsFoldersAreRead() throws IOException {
    var table = SmallStatic.table("embeddings");
    var model = SmallStatic.writeModel2vec(folder.resolve("model"), table);
    assertNear(embeddings(model), means(table.get("embeddings"), Integer.MAX_VALUE));
    assertThat(PublishedFolder.open(model).keysWithoutEffect())
        .contains(model.resolve("config.json") + ": seq_length");
  }

  /** As model2vec writes a vocabulary whose tokens share vectors: row mapping[t] times weights[t]. */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true"})
  void vectorsMayBeSharedAndWeighted(boolean shared, boolean weighted) throws IOException {
    int tokens = SmallStatic.vocabulary();
    int rows = shared ? 4 : tokens;
    var table = new WrittenTensors(9).add("embeddings", 1, rows, SmallStatic.HIDDEN);
    var model = SmallStatic.writeModel2vec(folder.resolve("model"), table);
    var specs = new ArrayList<TensorSpec>();
    specs.add(new TensorSpec("embeddings", DType.F32, new long[] {rows, SmallStatic.HIDDEN}));
    if (shared) {
      specs.add(new TensorSpec("mapping", DType.I64, new long[] {tokens}));
    }
    if (weighted) {
      specs.add(new TensorSpec("weights", DType.F64, new long[] {tokens}));
    }
    var expected = new double[tokens * SmallStatic.HIDDEN];
    for (int i = 0; i < expected.length; i++) {
      int token = i / SmallStatic.HIDDEN;
      int row = shared ? token * 7 % rows : token;
      expected[i] = table.get("embeddings")[row * SmallStatic.HIDDEN + i % SmallStatic.HIDDEN]
          * (weighted ? 1.0 / (1 + token) : 1);
    }
    try (var writer = SafetensorsWriter.create(
        model.resolve("model.safetensors"), specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        var bytes = ByteBuffer.allocate((int) spec.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < spec.elements(); i++) {
          switch (spec.type()) {
            case F32 -> bytes.putFloat((float) table.get("embeddings")[i]);
            case I64 -> bytes.putLong(i * 7L % rows);
            default -> bytes.putDouble(1.0 / (1 + i));
          }
        }
        writer.write(spec.name(), bytes.flip());
      }
    }
    assertNear(embeddings(model), means(expected, Integer.MAX_VALUE));
  }

  @Test
  void theTokenizersTruncationCuts() throws IOException {
    var table = SmallStatic.table("embedding.weight");
    var model = SmallStatic.write(folder.resolve("model"), table, DType.F32);
    SmallStatic.tokenizer(
        model.resolve("0_StaticEmbedding"),
        "{\"direction\": \"Right\", \"max_length\": 3, \"strategy\": \"LongestFirst\", \"stride\": 0}");
    assertNear(embeddings(model), means(table.get("embedding.weight"), 3));
    assertThat(StoredRetrievers.of(model).settings().passageLength()).isEqualTo(3);
  }

  private static void export(Path model, Path output) {
    var source = StoredRetrievers.of(model);
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()))
        .export(source, source.settings(), output);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null",
        "{\"direction\": \"Right\", \"max_length\": 3, \"strategy\": \"LongestFirst\", \"stride\": 0}"
      })
  void whatIsLoadedAndExportedLoadsWithTheSameBits(String truncation) throws IOException {
    var model = SmallStatic.write(
        folder.resolve("model"), SmallStatic.table("embedding.weight"), DType.F32);
    SmallStatic.tokenizer(model.resolve("0_StaticEmbedding"), truncation);
    var exported = folder.resolve("exported");
    export(model, exported);
    assertThat(StoredRetrievers.of(exported).settings())
        .isEqualTo(StoredRetrievers.of(model).settings());
    assertThat(embeddings(exported)).containsExactly(embeddings(model));
    assertThat(SafetensorsFile.open(exported.resolve("0_StaticEmbedding/model.safetensors"))
            .tensors())
        .containsOnlyKeys("embedding.weight");
    assertThat(exported.resolve("config.json")).doesNotExist();
    assertThat(exported.resolve("sentence_bert_config.json")).doesNotExist();
    assertThat(exported.resolve("0_StaticEmbedding/tokenizer_config.json")).doesNotExist();
  }

  /** A fresh process compares it; texts of any length are taken. */
  @Test
  void itIsServed() throws IOException {
    var model = SmallStatic.write(
        folder.resolve("model"), SmallStatic.table("embedding.weight"), DType.F32);
    var source = StoredRetrievers.of(model);
    var report = new SavedModelExport(new ExportOptions(IdType.INT32, Precision.FP32))
        .export(source, source.settings(), folder.resolve("served"));
    assertThat(report.agreement().largest()).isLessThan(1e-5);
  }

  @Test
  void anotherPoolingIsNotExported() throws IOException {
    var model = SmallStatic.write(
        folder.resolve("model"), SmallStatic.table("embedding.weight"), DType.F32);
    var source = StoredRetrievers.of(model);
    var settings = source.settings().with(source.settings().spec().with(Pooling.MAX));
    var export = new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()));
    assertThatThrownBy(() -> export.export(source, settings, folder.resolve("exported")))
        .hasMessageContaining("pooling MAX of a model of kind static")
        .hasMessageContaining("mean of a text's tokens");
    assertThat(folder.resolve("exported")).doesNotExist();
  }

  @Test
  void anotherTableHasAnotherFingerprint() throws IOException {
    var first = SmallStatic.write(
        folder.resolve("first"), SmallStatic.table("embedding.weight"), DType.F32);
    var second = SmallStatic.write(
        folder.resolve("second"),
        new WrittenTensors(4)
            .add("embedding.weight", 1, SmallStatic.vocabulary(), SmallStatic.HIDDEN),
        DType.F32);
    assertThat(StoredRetrievers.of(first).fingerprint())
        .isNotEqualTo(StoredRetrievers.of(second).fingerprint());
  }

  private void assertRefused(Path model, String message) {
    assertThatThrownBy(() -> StoredRetrievers.load(model))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNotATableIsRefused() throws IOException {
    var wrong = new WrittenTensors(1).add("vectors", 1, 3, 4);
    assertRefused(
        SmallStatic.write(folder.resolve("names"), wrong, DType.F32),
        "model.safetensors: holds [vectors], but StaticEmbedding has a tensor embedding.weight or embeddings");
    var flat = new WrittenTensors(1).add("embeddings", 1, 12).add("other", 1, 2);
    assertRefused(SmallStatic.write(folder.resolve("flat"), flat, DType.F32), "must be a table");
    assertRefused(
        SmallStatic.write(folder.resolve("flat2"), flat, DType.F32),
        "is not a part of StaticEmbedding");
    var small = new WrittenTensors(1).add("embeddings", 1, 3, 4);
    assertRefused(
        SmallStatic.write(folder.resolve("small"), small, DType.F32),
        "has 12 token ids, but the model only 3 embeddings");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    var model = SmallStatic.write(
        folder.resolve("model"), SmallStatic.table("embedding.weight"), DType.F32);
    Files.delete(model.resolve("0_StaticEmbedding/tokenizer.json"));
    assertRefused(model, "0_StaticEmbedding has no tokenizer.json");
    Files.move(
        model.resolve("0_StaticEmbedding/model.safetensors"),
        model.resolve("0_StaticEmbedding/pytorch_model.bin"));
    assertRefused(model, "pytorch_model.bin: must be converted to model.safetensors");
  }

  @Test
  void textsThatLoseTheirStartAreRefused() throws IOException {
    var model = SmallStatic.write(
        folder.resolve("model"), SmallStatic.table("embedding.weight"), DType.F32);
    SmallStatic.tokenizer(
        model.resolve("0_StaticEmbedding"),
        "{\"direction\": \"Left\", \"max_length\": 3, \"strategy\": \"LongestFirst\", \"stride\": 0}");
    assertRefused(model, "truncation.direction is Left");
  }
}
