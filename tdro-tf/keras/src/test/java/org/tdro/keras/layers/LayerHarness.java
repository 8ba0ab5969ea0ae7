package org.tdro.keras.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.tdro.keras.Batch;
import org.tdro.keras.CallContext;
import org.tdro.keras.ComputeType;
import org.tdro.keras.GradientTape;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.Layer;
import org.tdro.keras.Model;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * What must hold for every layer: the shape of its output, static and computed; gradients that agree with finite differences,
 * against the input and every weight; the same output from a copy that loads its weights; and nearly the same in bf16.
 */
final class LayerHarness {
  private final Supplier<? extends Layer<?>> layer;
  private final Shape input;
  private final int ids;

  private LayerHarness(Supplier<? extends Layer<?>> layer, Shape input, int ids) {
    this.layer = layer;
    this.input = input;
    this.ids = ids;
  }

  /** A layer of floats, for inputs of that shape. */
  static LayerHarness of(Supplier<? extends Layer<?>> layer, long... input) {
    return new LayerHarness(layer, Shape.of(input), 0);
  }

  /** A layer of ids below {@code ids}. */
  static LayerHarness ofIds(Supplier<? extends Layer<?>> layer, int ids, long... input) {
    return new LayerHarness(layer, Shape.of(input), ids);
  }

  /** Checks all of it. */
  void check(long... output) throws IOException {
    var folder = Files.createTempDirectory("layer");
    float[] computed;
    try (var tested = new Tested(1, ComputeType.FLOAT32);
        var batch = batch()) {
      try (var values = tested.predict(batch)) {
        assertThat(values.shape().asArray()).as("shape").containsExactly(output);
        computed = Values.of(values);
      }
      var unknownBatch = output.clone();
      unknownBatch[0] = -1;
      assertThat(tested.outputs().shape().asArray())
          .as("static shape")
          .containsExactly(unknownBatch);
      checkGradients(tested, batch);
      if (!tested.variables().all().isEmpty()) {
        tested.save(folder.resolve("model"));
      }
    }
    if (Files.exists(folder.resolve("model"))) {
      checkLoading(folder.resolve("model"), computed);
    }
    try (var rounded = new Tested(1, ComputeType.BFLOAT16);
        var batch = batch();
        var values = rounded.predict(batch)) {
      float largest = 0;
      for (float value : computed) {
        largest = Math.max(largest, Math.abs(value));
      }
      // 8 bits of mantissa in each factor: a hundredth covers the sums of these layers.
      assertThat(Values.of(values)).as("bf16").containsExactly(computed, within(0.02f * largest));
    }
  }

  private void checkLoading(Path saved, float[] computed) {
    try (var copy = new Tested(2, ComputeType.FLOAT32);
        var batch = batch()) {
      copy.load(saved);
      try (var values = copy.predict(batch)) {
        assertThat(Values.of(values)).as("loaded").isEqualTo(computed);
      }
    }
  }

  /** The sum of outputs, each times another fixed number, moves by a step against each input and weight as the gradient says. */
  private void checkGradients(Tested tested, Batch batch) {
    var tf = tested.tf();
    var tape = new GradientTape(tested.graph(), tf);
    var outputs = tested.outputs();
    var target = tested.weighted(outputs);
    var weights = tested.variables().trainable();
    var sources = new ArrayList<Operand<TFloat32>>();
    if (ids == 0) {
      sources.add(tape.watch(tested.input().asOutput().expect(TFloat32.class)));
    }
    var gradients = new ArrayList<Operand<TFloat32>>();
    if (ids == 0) {
      gradients.add(tape.gradient(target, sources.get(0)));
    }
    gradients.addAll(tape.weightGradients(target, weights));
    int at = 0;
    if (ids == 0) {
      var expected = values(tested, gradients.get(at++), batch);
      var x = Values.of((TFloat32) batch.tensors().get("x"));
      for (int i : chosen(x.length)) {
        compare("input", i, expected[i], step -> {
          var moved = x.clone();
          moved[i] += step;
          try (var other = floats(moved)) {
            return values(tested, target, other)[0];
          }
        });
      }
    }
    for (var weight : weights) {
      var expected = values(tested, gradients.get(at++), batch);
      var held = Values.of(tested.session(), weight.read(tf));
      for (int i : chosen(held.length)) {
        compare(weight.name(), i, expected[i], step -> {
          var moved = held.clone();
          moved[i] += step;
          tested.set(weight, moved);
          float value = values(tested, target, batch)[0];
          tested.set(weight, held);
          return value;
        });
      }
    }
  }

  private interface Moved {
    float value(float step);
  }

  private static void compare(String name, int i, float expected, Moved moved) {
    float step = 1e-2f;
    float difference = (moved.value(step) - moved.value(-step)) / (2 * step);
    assertThat(difference)
        .as("gradient of %s at %d", name, i)
        .isCloseTo(expected, within(2e-2f * Math.max(1, Math.abs(expected))));
  }

  /** At most five places, spread over all. */
  private static List<Integer> chosen(int size) {
    var places = new ArrayList<Integer>();
    for (int i = 0; i < size; i += Math.max(1, size / 5)) {
      places.add(i);
    }
    return places;
  }

  private static float[] values(Tested tested, Operand<TFloat32> operand, Batch batch) {
    try (var value = tested.predict(operand, batch)) {
      return Values.of(value);
    }
  }

  private Batch batch() {
    var random = new SplittableRandom(9);
    int size = Math.toIntExact(input.size());
    if (ids > 0) {
      var values = random.ints(size, 0, ids).toArray();
      return new Batch(
          Map.of("x", TInt32.tensorOf(input, DataBuffers.of(values))), (int) input.get(0));
    }
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return floats(values);
  }

  private Batch floats(float[] values) {
    Tensor tensor = TFloat32.tensorOf(input, DataBuffers.of(values));
    return new Batch(Map.of("x", tensor), (int) input.get(0));
  }

  /** A model of the one layer. */
  private final class Tested extends Model {
    private final Layer<?> tested = layer.get();
    private final ComputeType type;

    Tested(long seed, ComputeType type) {
      super(seed);
      this.type = type;
    }

    @Override
    public List<InputSpec> inputs() {
      Class<? extends TType> element = ids > 0 ? TInt32.class : TFloat32.class;
      var shape = input.asArray();
      shape[0] = -1;
      return List.of(new InputSpec("x", element, Shape.of(shape)));
    }

    Operand<?> input() {
      return symbolicInputs().get("x");
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
      return ((Layer<TFloat32>) tested)
          .call(context.withComputeType(type), (Operand<TFloat32>) inputs.get("x"));
    }

    Operand<TFloat32> weighted(Operand<TFloat32> outputs) {
      var tf = tf();
      var flat = tf.reshape(outputs, tf.constant(new int[] {-1}));
      var places =
          tf.dtypes.cast(tf.range(tf.constant(0), tf.size(flat), tf.constant(1)), TFloat32.class);
      return tf.reduceSum(tf.math.mul(flat, tf.math.cos(places)), tf.constant(0));
    }

    void set(Weight weight, float[] values) {
      var tf = tf();
      var value = tf.reshape(tf.constant(values), tf.constant(weight.shape().asArray()));
      session().runner().addTarget(weight.assign(tf, value)).run().close();
    }
  }
}
