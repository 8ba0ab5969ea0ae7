package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsWriter;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tdro.keras.CallContext;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** States and gradients of published decoders, against a reference in double precision. */
class DecoderReferenceTest {
  /** Of the largest value; 8e-7 was measured. */
  private static final double STATES = 1e-5;

  /** Of the largest gradient of the tensor; 3e-6 was measured. */
  private static final double GRADIENTS = 1e-5;

  private static final double STEP = 1e-5;

  /** Entries of a tensor whose gradient is compared. */
  private static final int ENTRIES = 8;

  private static final JsonMapper JSON = new JsonMapper();

  private static final String SHARED = """
      {"hidden_act": "silu", "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 4,
       "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "vocab_size": 30}""";

  /** A whole text, and two that are padded on the one side and the other. */
  private static final int[][] IDS = {
    {3, 14, 15, 9, 2, 6, 5, 29}, {27, 18, 28, 1, 0, 0, 0, 0}, {0, 0, 0, 16, 18, 3, 3, 9}
  };

  private static final int[][] MASK = {
    {1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 0, 0, 0, 0}, {0, 0, 0, 1, 1, 1, 1, 1}
  };

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // As Qwen3-Embedding is published.
        """
        {"model_type": "qwen3", "attention_bias": false, "rope_theta": 1000000, "rope_scaling": null, "tie_word_embeddings": true,
         "use_sliding_window": false, "sliding_window": null, "max_window_layers": 28}""",
        // As transformers writes the attention of its layers.
        """
        {"model_type": "qwen3", "attention_bias": true, "rope_theta": 1000000, "use_sliding_window": true, "sliding_window": 3,
         "max_window_layers": 1, "layer_types": ["full_attention", "sliding_attention"]}""",
        // In both directions.
        """
        {"model_type": "qwen3", "is_causal": false}""",
        """
        {"model_type": "qwen3", "use_bidirectional_attention": true, "use_sliding_window": true, "sliding_window": 2,
         "max_window_layers": 1}""",
        """
        {"model_type": "qwen2", "is_causal": false}""",
        """
        {"model_type": "qwen2", "is_causal": false, "use_sliding_window": true, "sliding_window": 2, "max_window_layers": 0}""",
        """
        {"model_type": "llama", "use_bidirectional_attention": true, "attention_bias": true}""",
        """
        {"model_type": "mistral", "is_causal": false, "sliding_window": 3}""",
        """
        {"model_type": "mistral", "is_causal": false, "use_bidirectional_attention": true, "sliding_window": null}""",
        // As transformers 5 writes rotary positions.
        """
        {"model_type": "qwen3", "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}}""",
        """
        {"model_type": "qwen2", "rope_parameters": {"rope_type": "linear", "rope_theta": 5000.0, "factor": 3.0}}""",
        """
        {"model_type": "llama", "rope_parameters": {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0,
         "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 128}}""",
        """
        {"model_type": "mistral", "sliding_window": 3, "rope_parameters": {"rope_type": "default", "rope_theta": 300.0}}"""
      })
  void statesAndGradientsAreThoseOfTheReference(String further) throws IOException {
    var reference = DecoderInDoubles.random(config(further), 7);
    write(reference);
    assertAgrees(reference);
  }

  private static JsonNode config(String further) throws IOException {
    return ((ObjectNode) JSON.readTree(SHARED)).setAll((ObjectNode) JSON.readTree(further));
  }

  /** With the names of a language model and its head, which are not the encoder's. */
  private void write(DecoderInDoubles reference) throws IOException {
    JSON.writeValue(folder.resolve("config.json").toFile(), reference.config());
    var specs = new ArrayList<TensorSpec>();
    DecoderInDoubles.shapes(reference.config())
        .forEach((name, shape) -> specs.add(new TensorSpec("model." + name, DType.F32, shape)));
    specs.add(new TensorSpec("lm_head.weight", DType.F32, new long[] {1, 1}));
    try (var writer = SafetensorsWriter.create(
        folder.resolve("model.safetensors"), specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        var values = reference.tensors().get(spec.name().replaceFirst("^model\\.", ""));
        var bytes = ByteBuffer.allocate((int) spec.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values == null ? new double[1] : values) {
          bytes.putFloat((float) value);
        }
        writer.write(spec.name(), bytes.flip());
      }
    }
  }

  private void assertAgrees(DecoderInDoubles reference) {
    var published = PublishedFolder.open(folder);
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var backbone = published.architecture().build(variables.scope(), Adapters.NONE);
      published.weights().load(tf, session, variables.all());
      var states = backbone
          .call(CallContext.inference(tf), tf.constant(IDS), tf.constant(MASK))
          .last();
      var factors = factors(backbone.hidden());
      var expected = new ArrayList<Double>();
      var computed = new ArrayList<Double>();
      var values = Values.of(session, states);
      int at = 0;
      for (int row = 0; row < IDS.length; row++) {
        for (var state : reference.states(IDS[row], MASK[row])) {
          for (int j = 0; j < state.length; j++, at++) {
            if (factors.get(at) != 0) {
              expected.add(state[j]);
              computed.add((double) values[at]);
            }
          }
        }
      }
      assertNear("states", computed, expected, STATES);
      var sum = tf.reduceSum(
          tf.math.mul(states, tf.reshape(constant(tf, factors), tf.shape(states))),
          tf.constant(new int[] {0, 1, 2}));
      var weights = variables.trainable();
      var gradients = new GradientTape(graph, tf).weightGradients(sum, weights);
      assertThat(weights).hasSameSizeAs(reference.tensors().keySet());
      for (int i = 0; i < weights.size(); i++) {
        assertGradient(reference, factors, weights.get(i), Values.of(session, gradients.get(i)));
      }
    }
  }

  /** A factor for each component of each state, 0 at padding. */
  private static List<Double> factors(int hidden) {
    var factors = new ArrayList<Double>();
    for (var row : MASK) {
      for (int token : row) {
        for (int j = 0; j < hidden; j++) {
          factors.add((double) (float) (token * Math.cos(1 + 7.3 * factors.size())));
        }
      }
    }
    return factors;
  }

  private static Operand<TFloat32> constant(Ops tf, List<Double> values) {
    var floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return tf.constant(floats);
  }

  /** The sum of states, each times its factor. */
  private static double sum(DecoderInDoubles reference, List<Double> factors) {
    double sum = 0;
    int at = 0;
    for (int row = 0; row < IDS.length; row++) {
      for (var state : reference.states(IDS[row], MASK[row])) {
        for (double value : state) {
          sum += value * factors.get(at++);
        }
      }
    }
    return sum;
  }

  private static void assertGradient(
      DecoderInDoubles reference, List<Double> factors, Weight weight, float[] gradient) {
    var name = TensorNames.of(weight);
    var tensor = reference.tensors().get(name);
    assertThat(tensor).as(name).hasSize(gradient.length);
    var expected = new ArrayList<Double>();
    var computed = new ArrayList<Double>();
    int stride = Math.max(1, tensor.length / ENTRIES);
    for (int i = 0; i < tensor.length; i += stride) {
      double kept = tensor[i];
      tensor[i] = kept + STEP;
      double above = sum(reference, factors);
      tensor[i] = kept - STEP;
      double below = sum(reference, factors);
      tensor[i] = kept;
      expected.add((above - below) / (2 * STEP));
      computed.add((double) gradient[here(weight, i)]);
    }
    assertNear(name, computed, expected, GRADIENTS);
  }

  /** The place of a stored value in a weight, which may lie turned. */
  private static int here(Weight weight, int stored) {
    if (!TensorNames.isTransposed(weight)) {
      return stored;
    }
    int in = (int) weight.shape().get(0);
    int out = (int) weight.shape().get(1);
    return stored % in * out + stored / in;
  }

  private static void assertNear(
      String what, List<Double> computed, List<Double> expected, double relative) {
    double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
    assertThat(largest).as(what).isGreaterThan(1e-3);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(computed.get(i))
          .as("%s, entry %d", what, i)
          .isCloseTo(expected.get(i), within(relative * largest));
    }
  }
}
