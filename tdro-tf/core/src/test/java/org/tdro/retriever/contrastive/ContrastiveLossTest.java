package org.tdro.retriever.contrastive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tdro.keras.GradientTape;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tdro.testing.Shared;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

class ContrastiveLossTest {
  /** Absolute, of a float32 implementation against the reference in float64: golden/README.md. */
  private static final double LOSS_TOLERANCE = 2e-4;

  /** Of the largest entry of the same matrix. */
  private static final double GRADIENT_TOLERANCE = 2e-4;

  /** The tDRO authors' code, run on the same vectors. */
  @TestFactory
  Stream<DynamicTest> lossesAndGradientsEqualTheReference() throws IOException {
    var golden =
        new JsonMapper().readTree(Shared.path("golden/infonce/reps.json").toFile());
    return StreamSupport.stream(golden.get("scenarios").spliterator(), false)
        .flatMap(scenario -> StreamSupport.stream(scenario.get("modes").spliterator(), false)
            .map(mode ->
                DynamicTest.dynamicTest(name(scenario, mode), () -> check(scenario, mode))));
  }

  private static String name(JsonNode scenario, JsonNode mode) {
    return "%s, seed %d, τ %s, %s"
        .formatted(
            scenario.get("kind").asText(),
            scenario.get("seed").asInt(),
            scenario.get("temperature"),
            mode.get("mode").asText());
  }

  private static void check(JsonNode scenario, JsonNode mode) {
    var expected = mode.get("f64");
    var computed = compute(scenario, mode.get("mode").asText());
    assertThat(computed.get(0))
        .usingComparatorWithPrecision((float) LOSS_TOLERANCE)
        .containsExactly(flat(expected.get("per_query_loss")));
    assertThat((double) computed.get(1)[0])
        .isCloseTo(expected.get("mean_loss").asDouble(), within(LOSS_TOLERANCE));
    assertThat((double) computed.get(2)[0])
        .isCloseTo(expected.get("weighted_loss").asDouble(), within(LOSS_TOLERANCE));
    var gradients = List.of(
        "mean_loss_grad_q", "mean_loss_grad_p", "weighted_loss_grad_q", "weighted_loss_grad_p");
    for (int i = 0; i < gradients.size(); i++) {
      var reference = flat(expected.get(gradients.get(i)));
      float largest = 0;
      for (float entry : reference) {
        largest = Math.max(largest, Math.abs(entry));
      }
      assertThat(computed.get(3 + i))
          .as(gradients.get(i))
          .usingComparatorWithPrecision((float) (GRADIENT_TOLERANCE * largest))
          .containsExactly(reference);
    }
  }

  /** Losses of the queries, their mean and weighted sum, and the gradients of both with respect to queries and passages. */
  private static List<float[]> compute(JsonNode scenario, String mode) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var tape = new GradientTape(graph, tf);
      var queries = tape.watch(tf.constant(matrix(scenario.get("q_reps"))));
      var passages = tape.watch(tf.constant(matrix(scenario.get("p_reps"))));
      Optional<Operand<TBool>> hardOnlyRows = mode.equals("mixed")
          ? Optional.of(tf.constant(booleans(scenario.get("only_hn"))))
          : Optional.empty();
      var negatives = mode.equals("hard_only") ? Negatives.HARD_ONLY : Negatives.IN_BATCH;
      var losses = new ContrastiveLoss((float) scenario.get("temperature").asDouble(), negatives)
          .call(
              tf,
              new ContrastiveLoss.Rows(queries, passages, scenario.get("n_psg").asInt(), false),
              hardOnlyRows,
              Optional.empty(),
              Optional.empty());
      var mean = tf.math.mean(losses, tf.constant(0));
      var weights = tf.constant(flat(scenario.get("example_weights")));
      var weighted = tf.sum(tf.math.mul(weights, losses), tf.constant(0));
      var fetches = new ArrayList<Operand<TFloat32>>(List.of(losses, mean, weighted));
      fetches.addAll(tape.gradient(mean, List.of(queries, passages)));
      fetches.addAll(tape.gradient(weighted, List.of(queries, passages)));
      var runner = session.runner();
      fetches.forEach(runner::fetch);
      try (var results = runner.run()) {
        var values = new ArrayList<float[]>();
        for (int i = 0; i < fetches.size(); i++) {
          values.add(values((TFloat32) results.get(i)));
        }
        return values;
      }
    }
  }

  private static float[] values(TFloat32 tensor) {
    var values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static org.tensorflow.ndarray.FloatNdArray matrix(JsonNode rows) {
    var matrix = new float[rows.size()][];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = flat(rows.get(i));
    }
    return StdArrays.ndCopyOf(matrix);
  }

  private static boolean[] booleans(JsonNode array) {
    var values = new boolean[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asBoolean();
    }
    return values;
  }

  private static float[] flat(JsonNode array) {
    var numbers = new ArrayList<Float>();
    for (var entry : array) {
      if (entry.isArray()) {
        for (float number : flat(entry)) {
          numbers.add(number);
        }
      } else {
        numbers.add((float) entry.asDouble());
      }
    }
    var values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return values;
  }

  /** As replicas would: each has some of the queries and sees the passages of all. */
  @Test
  void partsOfTheRowsAgainstAllPassagesGiveTheLossesOfTheWholeBatch() {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var queries = new float[][] {{1, 0}, {0.6f, 0.8f}, {0, 1}, {-0.8f, 0.6f}};
      var passages = tf.constant(new float[][] {
        {1, 0}, {0, 1}, {0.8f, 0.6f}, {0.6f, -0.8f}, {0, -1}, {-1, 0}, {-0.6f, 0.8f}, {0.6f, 0.8f}
      });
      var whole = new ContrastiveLoss(0.1f, Negatives.IN_BATCH)
          .call(
              tf,
              new ContrastiveLoss.Rows(tf.constant(queries), passages, 2, false),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      var fetches = new ArrayList<Operand<TFloat32>>(List.of(whole));
      for (int replica = 0; replica < 2; replica++) {
        var own = tf.constant(Arrays.copyOfRange(queries, 2 * replica, 2 * replica + 2));
        var products =
            tf.linalg.matMul(own, passages, org.tensorflow.op.linalg.MatMul.transposeB(true));
        fetches.add(new ContrastiveLoss.Scores(
                tf.math.mul(products, tf.constant(10f)),
                tf.constant(new int[] {4 * replica, 4 * replica + 2}),
                Optional.empty())
            .crossEntropy(tf));
      }
      var runner = session.runner();
      fetches.forEach(runner::fetch);
      try (var results = runner.run()) {
        var all = values((TFloat32) results.get(0));
        assertThat(values((TFloat32) results.get(1))).containsExactly(all[0], all[1]);
        assertThat(values((TFloat32) results.get(2))).containsExactly(all[2], all[3]);
      }
    }
  }

  @Test
  void hardNegativesOnlyNeedANegative() {
    try (var graph = new Graph()) {
      var tf = Ops.create(graph);
      var rows = tf.constant(new float[][] {{1, 0}});
      var loss = new ContrastiveLoss(1, Negatives.HARD_ONLY);
      assertThatThrownBy(() -> loss.call(
              tf,
              new ContrastiveLoss.Rows(rows, rows, 1, false),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 2 passages");
    }
  }

  @Test
  void theTemperatureIsAboveZero() {
    assertThatThrownBy(() -> new ContrastiveLoss(0, Negatives.IN_BATCH))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ContrastiveLoss(Float.NaN, Negatives.IN_BATCH))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
