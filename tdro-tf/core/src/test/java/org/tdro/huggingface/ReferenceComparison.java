package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsFile;
import org.tdro.huggingface.safetensors.SafetensorsWriter;
import org.tdro.huggingface.safetensors.ShardPlan;
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

/**
 * Compares a published model's states and gradients with a reference in double precision: of a whole text, and of two that are padded on
 * the one side and the other.
 *
 * @param prefix of the names of tensors, as a model with a head has it
 * @param folder of the published files
 * @param gradients tolerance, of the largest gradient of a tensor
 */
record ReferenceComparison(ModelInDoubles reference, String prefix, Path folder, double gradients) {
  /** Of the largest value; 8e-7 was measured. */
  private static final double STATES = 1e-5;

  private static final double STEP = 1e-5;

  /** Entries of a tensor whose gradient is compared. */
  private static final int ENTRIES = 8;

  private static final int[][] IDS = {
    {3, 14, 15, 9, 2, 6, 5, 29}, {27, 18, 28, 1, 0, 0, 0, 0}, {0, 0, 0, 16, 18, 3, 3, 9}
  };

  private static final int[][] MASK = {
    {1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 0, 0, 0, 0}, {0, 0, 0, 1, 1, 1, 1, 1}
  };

  /** Writes the files, with a head that is not the encoder's. */
  void write() throws IOException {
    Files.writeString(folder.resolve("config.json"), reference.config.toString());
    var specs = new ArrayList<TensorSpec>();
    reference
        .shapes()
        .forEach((name, shape) -> specs.add(new TensorSpec(prefix + name, DType.F32, shape)));
    specs.add(new TensorSpec("lm_head.weight", DType.F32, new long[] {1, 1}));
    try (var writer = SafetensorsWriter.create(
        folder.resolve("model.safetensors"), specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        var values = reference.tensors.get(
            spec.name().substring(spec.name().startsWith(prefix) ? prefix.length() : 0));
        var bytes = ByteBuffer.allocate((int) spec.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values == null ? new double[1] : values) {
          bytes.putFloat((float) value);
        }
        writer.write(spec.name(), bytes.flip());
      }
    }
  }

  /** Asserts that states and gradients agree. */
  void assertAgrees() {
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
      var sum = tf.reduceSum(
          tf.math.mul(states, tf.reshape(constant(tf, factors), tf.shape(states))),
          tf.constant(new int[] {0, 1, 2}));
      var weights = variables.trainable();
      assertThat(weights).hasSameSizeAs(reference.tensors.keySet());
      var fetched = new ArrayList<Operand<TFloat32>>(List.of(states));
      fetched.addAll(new GradientTape(graph, tf).weightGradients(sum, weights));
      var results = values(session, fetched);
      var expected = new ArrayList<Double>();
      var computed = new ArrayList<Double>();
      var values = results.get(0);
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
      assertNear("states", computed, expected, STATES * largest(expected));
      for (int i = 0; i < weights.size(); i++) {
        assertGradient(factors, weights.get(i), results.get(i + 1));
      }
    }
  }

  /** Returns the values of operands, computed in one run: each set of fetches has a graph prepared. */
  private static List<float[]> values(Session session, List<Operand<TFloat32>> operands) {
    var runner = session.runner();
    operands.forEach(runner::fetch);
    try (var result = runner.run()) {
      var values = new ArrayList<float[]>();
      result.forEach(entry -> values.add(Values.of((TFloat32) entry.getValue())));
      return values;
    }
  }

  /** Asserts that what is read is written again: the shape, and every tensor of the encoder with its bits. */
  void assertWritesBack() throws IOException {
    var published = PublishedFolder.open(folder);
    var copy = Files.createDirectories(folder.resolve("copy"));
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      published.architecture().build(variables.scope(), Adapters.NONE);
      published.weights().load(tf, session, variables.all());
      new CheckpointWriter(tf, session, DType.F32)
          .model(
              copy,
              published.architecture(),
              variables.all(),
              List.of(),
              ShardPlan.DEFAULT_SHARD_BYTES);
    }
    PublishedFolder.writeConfig(
        copy, published.architecture(), DType.F32, OptionalInt.empty(), OptionalInt.empty());
    assertThat(PublishedFolder.open(copy).architecture()).isEqualTo(published.architecture());
    var written = SafetensorsFile.open(copy.resolve("model.safetensors")).tensors();
    assertThat(written.keySet()).isEqualTo(reference.tensors.keySet());
    written.forEach((name, tensor) -> {
      var values = tensor.buffer().asFloatBuffer();
      for (double expected : reference.tensors.get(name)) {
        assertThat(values.get()).as(name).isEqualTo((float) expected);
      }
      assertThat(tensor.shape()).as(name).isEqualTo(reference.shapes().get(name));
    });
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
  private double sum(List<Double> factors) {
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

  private void assertGradient(List<Double> factors, Weight weight, float[] gradient) {
    var name = TensorNames.of(weight);
    var tensor = reference.tensors.get(name);
    assertThat(tensor).as(name).hasSize(gradient.length);
    var expected = new ArrayList<Double>();
    var computed = new ArrayList<Double>();
    // Odd, so that the entries are of several rows and columns.
    int stride = Math.max(1, tensor.length / ENTRIES) | 1;
    for (int i = 0; i < tensor.length; i += stride) {
      double kept = tensor[i];
      tensor[i] = kept + STEP;
      double above = sum(factors);
      tensor[i] = kept - STEP;
      double below = sum(factors);
      tensor[i] = kept;
      expected.add((above - below) / (2 * STEP));
      computed.add((double) gradient[here(weight, i)]);
    }
    if (reference.isWithoutEffect(name)) {
      assertThat(expected).as(name).allMatch(value -> Math.abs(value) < gradients);
      assertThat(computed).as(name).allMatch(value -> Math.abs(value) < gradients);
    } else {
      assertNear(name, computed, expected, gradients * largest(expected));
    }
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
      String what, List<Double> computed, List<Double> expected, double tolerance) {
    assertThat(largest(expected)).as(what).isGreaterThan(1e-3);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(computed.get(i))
          .as("%s, entry %d", what, i)
          .isCloseTo(expected.get(i), within(tolerance));
    }
  }

  private static double largest(List<Double> values) {
    return values.stream().mapToDouble(Math::abs).max().orElseThrow();
  }
}
