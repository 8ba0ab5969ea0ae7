package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.export.ExportOptions;
import org.tdro.export.Precision;
import org.tdro.export.SavedModelExport;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.huggingface.WrittenTensors;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.InputException;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;
import org.tdro.models.Projection;
import org.tdro.models.Projection.Function;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;

/** Maps after the pooling as sentence-transformers publishes them, against a computation in double precision. */
class DenseModulesTest {
  private static final int HIDDEN = 16;

  /** Of the largest value; 1.9e-7 was measured. */
  private static final double VALUES = 1e-6;

  /** Of the largest gradient of the tensor; 6.2e-7 was measured. */
  private static final double GRADIENTS = 5e-6;

  private static final double STEP = 1e-6;

  private static final int[][] IDS = {{7, 9, 30, 4}, {200, 100}, {3}};

  @TempDir
  Path folder;

  /** A published map: its description and its weights. */
  private record Published(int in, Projection projection, WrittenTensors tensors) {
    static Published of(long seed, int in, Projection projection) {
      var tensors = new WrittenTensors(seed).add("linear.weight", 0.4, projection.size(), in);
      if (projection.bias()) {
        tensors.add("linear.bias", 0.4, projection.size());
      }
      return new Published(in, projection, tensors);
    }

    double[] call(double[] x) {
      var weight = tensors.get("linear.weight");
      var y = new double[projection.size()];
      for (int i = 0; i < y.length; i++) {
        y[i] = projection.bias() ? tensors.get("linear.bias")[i] : 0;
        for (int j = 0; j < in; j++) {
          y[i] += weight[i * in + j] * x[j];
        }
        y[i] = function(projection.function(), y[i]);
      }
      return y;
    }
  }

  private static double function(Function function, double x) {
    return switch (function) {
      case IDENTITY -> x;
      case TANH -> Math.tanh(x);
      case RELU -> Math.max(0, x);
      case GELU -> x * normal(x);
      case SILU -> x / (1 + Math.exp(-x));
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case SOFTPLUS -> Math.log1p(Math.exp(x));
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case ELU -> x > 0 ? x : Math.expm1(x);
      case SELU -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
    };
  }

  /** The distribution function of the normal distribution, by its power series. */
  private static double normal(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static String torch(Function function) {
    return switch (function) {
      case IDENTITY -> "torch.nn.modules.linear.Identity";
      case TANH -> "torch.nn.modules.activation.Tanh";
      case RELU -> "torch.nn.modules.activation.ReLU";
      case GELU -> "torch.nn.modules.activation.GELU";
      case SILU -> "torch.nn.modules.activation.SiLU";
      case SIGMOID -> "torch.nn.modules.activation.Sigmoid";
      case SOFTPLUS -> "torch.nn.modules.activation.Softplus";
      case SOFTSIGN -> "torch.nn.modules.activation.Softsign";
      case ELU -> "torch.nn.modules.activation.ELU";
      case SELU -> "torch.nn.modules.activation.SELU";
    };
  }

  /** Publishes a decoder whose mean passes the maps; those before the last are followed by dropout. */
  private Path publish(String name, List<Published> maps) throws IOException {
    var model = SmallCheckpoint.write(folder.resolve(name), 5, "{\"vocab_size\": 258}");
    var modules = new ArrayList<String>(List.of(module("", "Transformer"), module("1", "Pooling")));
    write(
        model.resolve("1/config.json"),
        "{\"pooling_mode\": \"mean\", \"embedding_dimension\": 16}");
    for (int i = 0; i < maps.size(); i++) {
      var map = maps.get(i);
      modules.add(module("dense-" + i, "Dense"));
      modules.add(module("dropout-" + i, "Dropout"));
      write(model.resolve("dropout-" + i + "/config.json"), "{\"dropout\": 0.5}");
      write(model.resolve("dense-" + i + "/config.json"), """
          {"in_features": %d, "out_features": %d, "bias": %s, "activation_function": "%s",
           "module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}""".formatted(
              map.in(),
              map.projection().size(),
              map.projection().bias(),
              torch(map.projection().function())));
      map.tensors().write(model.resolve("dense-" + i + "/model.safetensors"), DType.F32);
    }
    write(model.resolve("modules.json"), modules.toString());
    return model;
  }

  private static String module(String path, String type) {
    return "{\"path\": \"%s\", \"type\": \"sentence_transformers.models.%s\"}"
        .formatted(path, type);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static List<Published> two(Function function) {
    return List.of(
        Published.of(1, HIDDEN, new Projection(24, true, function)),
        Published.of(2, 24, new Projection(6, false, Function.IDENTITY)));
  }

  /** The pooled states of the texts, by a retriever without the maps. */
  private static double[][] pooled(Path model) {
    var source = StoredRetrievers.of(model);
    var spec = source.settings().spec();
    var settings =
        source.settings().with(new RetrieverSpec(spec.architecture(), spec.pooling(), 0, false));
    try (var retriever = Retriever.load(source, settings, ConfigProto.getDefaultInstance())) {
      var values = retriever.encode(TextKind.QUERY, IDS).values();
      var rows = new double[IDS.length][HIDDEN];
      for (int i = 0; i < values.length; i++) {
        rows[i / HIDDEN][i % HIDDEN] = values[i];
      }
      return rows;
    }
  }

  private static double[] embeddings(double[][] pooled, List<Published> maps) {
    var all = new ArrayList<Double>();
    for (var row : pooled) {
      var x = row;
      for (var map : maps) {
        x = map.call(x);
      }
      for (double value : x) {
        all.add(value);
      }
    }
    return all.stream().mapToDouble(value -> value).toArray();
  }

  private static float[] embeddings(Path model) {
    try (var retriever = StoredRetrievers.load(model)) {
      return retriever.encode(TextKind.QUERY, IDS).values();
    }
  }

  private static void assertNear(float[] computed, double[] expected, double relative) {
    double largest = 0;
    double difference = 0;
    assertThat(computed).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(computed[i] - expected[i]));
    }
    assertThat(difference).isLessThanOrEqualTo(relative * largest);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void severalMapsAreComputedOneAfterTheOther(Function function) throws IOException {
    var maps = two(function);
    var model = publish("model", maps);
    assertThat(StoredRetrievers.of(model).settings().spec().dimension()).isEqualTo(6);
    assertNear(embeddings(model), embeddings(pooled(model), maps), VALUES);
  }

  @ParameterizedTest
  @EnumSource(Function.class)
  void gradientsAreThoseOfFiniteDifferences(Function function) throws IOException {
    var maps = two(function);
    var source = StoredRetrievers.of(publish("model", maps));
    var pooled = pooled(source.path());
    try (var model = new EncoderModel(source.settings().spec(), 0)) {
      model.load(source);
      var tf = model.tf();
      // One text: no padding.
      var embedding = model.embed(
          tf, TextKind.QUERY, tf.constant(new int[][] {IDS[0]}), tf.constant(new int[][] {
            {1, 1, 1, 1}
          }));
      var factors = new float[] {1, -2, 3, 0.5f, 0.25f, -1};
      var sum = tf.reduceSum(
          tf.math.mul(embedding, tf.constant(new float[][] {factors})),
          tf.constant(new int[] {0, 1}));
      var layers = model.encoders().query().projections();
      for (int i = 0; i < maps.size(); i++) {
        var weights = layers.get(i).weights();
        var gradients =
            new GradientTape(model.variables().graph(), tf).weightGradients(sum, weights);
        for (int w = 0; w < weights.size(); w++) {
          assertGradient(
              Values.of(model.session(), gradients.get(w)),
              weights.get(w),
              maps,
              i,
              pooled[0],
              factors);
        }
      }
    }
  }

  private static void assertGradient(
      float[] computed,
      Weight weight,
      List<Published> maps,
      int map,
      double[] pooled,
      float[] factors) {
    boolean isKernel = weight.name().endsWith("kernel");
    var tensor = maps.get(map).tensors().get(isKernel ? "linear.weight" : "linear.bias");
    var expected = new double[tensor.length];
    int in = maps.get(map).in();
    int out = maps.get(map).projection().size();
    for (int i = 0; i < tensor.length; i++) {
      double kept = tensor[i];
      tensor[i] = kept + STEP;
      double above = sum(maps, pooled, factors);
      tensor[i] = kept - STEP;
      double below = sum(maps, pooled, factors);
      tensor[i] = kept;
      expected[isKernel ? i % in * out + i / in : i] = (above - below) / (2 * STEP);
    }
    assertNear(computed, expected, GRADIENTS);
  }

  private static double sum(List<Published> maps, double[] pooled, float[] factors) {
    var embedding = embeddings(new double[][] {pooled}, maps);
    double sum = 0;
    for (int i = 0; i < factors.length; i++) {
      sum += factors[i] * embedding[i];
    }
    return sum;
  }

  @Test
  void anExportLoadsWithTheSameBits() throws IOException {
    var source = StoredRetrievers.of(publish("model", two(Function.GELU)));
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(Map.of()))
        .export(source, source.settings(), folder.resolve("exported"));
    assertThat(StoredRetrievers.of(folder.resolve("exported")).settings())
        .isEqualTo(source.settings());
    assertThat(embeddings(folder.resolve("exported"))).containsExactly(embeddings(source.path()));
    assertThat(folder.resolve("exported/README.md"))
        .content()
        .contains("| projection | to 24 with a bias and gelu, to 6 |");
  }

  /** A fresh process compares it. */
  @Test
  void theMapsAreServed() throws IOException {
    var source = StoredRetrievers.of(publish("model", two(Function.SELU)));
    var report = new SavedModelExport(new ExportOptions(IdType.INT32, Precision.FP32))
        .export(source, source.settings(), folder.resolve("served"));
    assertThat(report.agreement().largest()).isLessThan(1e-5);
  }

  @Test
  void aRunKeepsItsMaps() throws IOException {
    var source = StoredRetrievers.of(publish("model", two(Function.TANH)));
    try (var model = new EncoderModel(source.settings().spec(), 0)) {
      model.load(source);
      new RetrieverFolder(folder.resolve("run"))
          .write(source.settings(), source.path().resolve("tokenizer.json"), model);
    }
    assertThat(StoredRetrievers.of(folder.resolve("run")).settings()).isEqualTo(source.settings());
    assertThat(embeddings(folder.resolve("run"))).containsExactly(embeddings(source.path()));
  }

  /** As versions before several maps wrote it. */
  @Test
  void theSizeOfALinearMapAloneIsRead() throws IOException {
    for (int size : new int[] {0, 12}) {
      var spec = new RetrieverSpec(SmallRetriever.bert(258, 1, 96, 0), Pooling.MEAN, size, true);
      var run = SmallRetriever.write(folder.resolve("run" + size), spec);
      var expected = embeddings(run.path());
      var json = new JsonMapper();
      var settings = (ObjectNode) json.readTree(run.settingsFile().toFile());
      ((ObjectNode) settings.get("spec")).remove("projections");
      ((ObjectNode) settings.get("spec")).put("projection", size);
      json.writeValue(run.settingsFile().toFile(), settings);
      assertThat(run.settings().spec()).isEqualTo(spec);
      assertThat(embeddings(run.path())).containsExactly(expected);
    }
  }

  @Test
  void anotherFunctionHasAnotherFingerprint() throws IOException {
    var tanh = publish("tanh", two(Function.TANH));
    var gelu = publish("gelu", two(Function.GELU));
    assertThat(StoredRetrievers.of(tanh).fingerprint())
        .isNotEqualTo(StoredRetrievers.of(gelu).fingerprint())
        .isEqualTo(StoredRetrievers.of(publish("again", two(Function.TANH))).fingerprint());
  }

  @Test
  void aBiasThatIsMissingIsNamedAsItIsStored() throws IOException {
    var map = new Projection(8, true, Function.TANH);
    var model = publish("model", List.of(Published.of(1, HIDDEN, map)));
    Published.of(1, HIDDEN, Projection.linear(8))
        .tensors()
        .write(model.resolve("dense-0/model.safetensors"), DType.F32);
    assertThatThrownBy(() -> StoredRetrievers.load(model))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dense-0/model.safetensors: tensor linear.bias [8] is missing");
  }
}
