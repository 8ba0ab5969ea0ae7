package org.tdro.retriever.contrastive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.keras.GradientTape;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Matryoshka sizes and distillation, alone and together, against the loss written out in doubles. */
class LossOptionsTest {
  private static final int BATCH = 4;
  private static final int N = 3;
  private static final int SIZE = 8;
  private static final float TEMPERATURE = 0.2f;
  /** Of float32 against doubles, of values around 1. */
  private static final double ROUNDING = 2e-5;

  private static final boolean[] MIXED = {true, false, true, false};
  private static final Distillation DISTILLATION = new Distillation(0.3f, 2);

  private static Stream<Arguments> lossesOfAllNegatives() {
    var plain = new Matryoshka(List.of(2, 5), List.of());
    var weighted = new Matryoshka(List.of(5, 2), List.of(0.5, 2.0, 1.0));
    var options = List.of(
        new Options("sizes", plain, true, Distillation.NONE),
        new Options("weighted sizes", weighted, false, Distillation.NONE),
        new Options("teacher", Matryoshka.NONE, false, DISTILLATION),
        new Options("teacher alone", Matryoshka.NONE, false, new Distillation(1, 0.5f)),
        new Options("both", plain, true, DISTILLATION));
    return options.stream()
        .flatMap(option -> Stream.of("in-batch", "hard-only", "mixed")
            .map(negatives -> Arguments.of(option, negatives)));
  }

  private record Options(
      String name, Matryoshka matryoshka, boolean normalized, Distillation distillation) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("lossesOfAllNegatives")
  void lossesAndGradientsAreThoseOfTheFormula(Options options, String negatives) {
    var random = new SplittableRandom(3);
    var queries = unit(random, BATCH);
    var passages = unit(random, BATCH * N);
    var teacher = options.distillation().isOn() ? teacher(random) : new double[BATCH][];
    var loss = new ContrastiveLoss(
        TEMPERATURE,
        negatives.equals("hard-only") ? Negatives.HARD_ONLY : Negatives.IN_BATCH,
        List.of(),
        options.matryoshka(),
        options.distillation());
    var formula = formula(loss, negatives, options.normalized(), teacher);
    var rowWeights = new double[] {0.1, 0.4, 0.2, 0.3};
    var computed = compute(
        loss,
        new Texts(queries, passages, options.normalized()),
        negatives.equals("mixed"),
        teacher,
        rowWeights);

    var expected = IntStream.range(0, BATCH)
        .mapToDouble(i -> formula.row(queries, passages, i))
        .toArray();
    assertClose(computed.get(0), expected);
    assertClose(
        computed.get(1),
        LossInDoubles.gradient(queries, q -> weighted(formula, rowWeights, q, passages)));
    assertClose(
        computed.get(2),
        LossInDoubles.gradient(passages, p -> weighted(formula, rowWeights, queries, p)));
  }

  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Texts(double[][] queries, double[][] passages, boolean normalized) {}

  private static LossInDoubles formula(
      ContrastiveLoss loss, String negatives, boolean normalized, double[][] teacher) {
    var sizes = new ArrayList<>(loss.matryoshka().dimensions());
    sizes.add(SIZE);
    var given = loss.matryoshka().weights();
    var weights = given.isEmpty() ? sizes.stream().map(size -> 1.0).toList() : given;
    var all = new boolean[BATCH];
    Arrays.fill(all, negatives.equals("hard-only"));
    return new LossInDoubles(
        N,
        TEMPERATURE,
        negatives.equals("mixed") ? MIXED : all,
        sizes,
        weights,
        normalized,
        loss.distillation().weight(),
        loss.distillation().temperature(),
        teacher);
  }

  private static double weighted(
      LossInDoubles formula, double[] weights, double[][] queries, double[][] passages) {
    double sum = 0;
    for (int i = 0; i < BATCH; i++) {
      sum += weights[i] * formula.row(queries, passages, i);
    }
    return sum;
  }

  /** The second row has none. */
  private static double[][] teacher(SplittableRandom random) {
    var scores = new double[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      scores[i] = i == 1 ? null : random.doubles(N, -5, 5).toArray();
    }
    return scores;
  }

  private static double[][] unit(SplittableRandom random, int rows) {
    var vectors = new double[rows][];
    for (int i = 0; i < rows; i++) {
      var vector = random.doubles(SIZE, -1, 1).toArray();
      double length = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
      vectors[i] = Arrays.stream(vector).map(x -> x / length).toArray();
    }
    return vectors;
  }

  /** Losses of the rows, and the gradients of their weighted sum with respect to queries and passages. */
  private static List<float[]> compute(
      ContrastiveLoss loss, Texts texts, boolean mixed, double[][] teacher, double[] rowWeights) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var tape = new GradientTape(graph, tf);
      var q = tape.watch(tf.constant(StdArrays.ndCopyOf(floats(texts.queries()))));
      var p = tape.watch(tf.constant(StdArrays.ndCopyOf(floats(texts.passages()))));
      Optional<Operand<TBool>> hardOnly =
          mixed ? Optional.of(tf.constant(MIXED)) : Optional.empty();
      Optional<Distillation.Teacher> scores =
          loss.distillation().isOn() ? Optional.of(teacher(tf, teacher)) : Optional.empty();
      var losses = loss.call(
          tf,
          new ContrastiveLoss.Rows(q, p, N, texts.normalized()),
          hardOnly,
          scores,
          Optional.empty());
      var weights = tf.constant(floats(new double[][] {rowWeights})[0]);
      var sum = tf.sum(tf.math.mul(weights, losses), tf.constant(0));
      var fetches = new ArrayList<Operand<TFloat32>>(List.of(losses));
      fetches.addAll(tape.gradient(sum, List.of(q, p)));
      var runner = session.runner();
      fetches.forEach(runner::fetch);
      try (var results = runner.run()) {
        return IntStream.range(0, fetches.size())
            .mapToObj(i -> values((TFloat32) results.get(i)))
            .toList();
      }
    }
  }

  private static Distillation.Teacher teacher(Ops tf, double[][] scores) {
    var present = new boolean[BATCH];
    var filled = new double[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      present[i] = scores[i] != null;
      filled[i] = present[i] ? scores[i] : new double[N];
    }
    return new Distillation.Teacher(
        tf.constant(StdArrays.ndCopyOf(floats(filled))), tf.constant(present));
  }

  private static float[] values(TFloat32 tensor) {
    var values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static float[][] floats(double[][] rows) {
    var floats = new float[rows.length][rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        floats[i][j] = (float) rows[i][j];
      }
    }
    return floats;
  }

  private static void assertClose(float[] computed, double[] expected) {
    var doubles = new double[computed.length];
    Arrays.setAll(doubles, i -> computed[i]);
    assertThat(doubles).usingComparatorWithPrecision(ROUNDING).containsExactly(expected);
  }

  /** KL(p ‖ q) of p = (3/4, 1/4) and q = (1/2, 1/2). */
  @Test
  void theDivergenceFromAnIndifferentStudentIsInClosedForm() {
    var query = new double[][] {{1, 0}};
    var passages = new double[][] {{0, 1}, {0, -1}};
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var loss = new ContrastiveLoss(
          0.05f, Negatives.HARD_ONLY, List.of(), Matryoshka.NONE, new Distillation(1, 2));
      var teacher =
          new Distillation.Teacher(
              tf.constant(new float[][] {{(float) (2 * Math.log(3)), 0}}),
              tf.constant(new boolean[] {true}));
      var losses = loss.call(
          tf,
          new ContrastiveLoss.Rows(
              tf.constant(floats(query)), tf.constant(floats(passages)), 2, false),
          Optional.empty(),
          Optional.of(teacher),
          Optional.empty());
      try (var results = session.runner().fetch(losses).run()) {
        assertClose(
            values((TFloat32) results.get(0)),
            new double[] {0.75 * Math.log(1.5) + 0.25 * Math.log(0.5)});
      }
    }
  }

  @Test
  void aSizeIsBelowThatOfTheEmbeddings() {
    try (var graph = new Graph()) {
      var tf = Ops.create(graph);
      var rows = tf.constant(new float[][] {{1, 0}});
      var loss = new ContrastiveLoss(
          1,
          Negatives.IN_BATCH,
          List.of(),
          new Matryoshka(List.of(2), List.of()),
          Distillation.NONE);
      assertThatThrownBy(() -> loss.call(
              tf,
              new ContrastiveLoss.Rows(rows, rows, 1, true),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Matryoshka dimension 2 must be below the embeddings' 2");
    }
  }

  @Test
  void wrongValuesCannotBeBuilt() {
    for (var dimensions : List.of(List.of(4, 4), List.of(0))) {
      assertThatThrownBy(() -> new Matryoshka(dimensions, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (var weights : List.of(List.of(1.0), List.of(1.0, 0.0))) {
      assertThatThrownBy(() -> new Matryoshka(List.of(4), weights))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (float weight : new float[] {-0.1f, 1.1f, Float.NaN}) {
      assertThatThrownBy(() -> new Distillation(weight, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Distillation(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
