package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.keras.GradientTape;
import org.tdro.keras.testing.Values;
import org.tdro.models.Backbone;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Two texts of the states (1, 2), (3, 5) and, in the first, (8, 2); what stands at padding is 99. */
class PoolingTest {
  private static final float[][][] RIGHT_PADDED = {
    {{1, 2}, {3, 5}, {8, 2}, {99, 99}},
    {{1, 2}, {3, 5}, {99, 99}, {99, 99}}
  };
  private static final int[][] RIGHT_MASK = {{1, 1, 1, 0}, {1, 1, 0, 0}};

  private static final float[][][] LEFT_PADDED = {
    {{99, 99}, {1, 2}, {3, 5}, {8, 2}},
    {{99, 99}, {99, 99}, {1, 2}, {3, 5}}
  };
  private static final int[][] LEFT_MASK = {{0, 1, 1, 1}, {0, 0, 1, 1}};

  private static float[] pool(Pooling pooling, float[][][] states, int[][] mask) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var pooled =
          pooling.call(tf, Backbone.HiddenStates.of(tf.constant(states)), tf.constant(mask));
      try (var result = session.runner().fetch(pooled).run()) {
        var values = new float[(int) result.get(0).shape().size()];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  @Test
  void clsIsTheFirstState() {
    assertThat(pool(Pooling.CLS, RIGHT_PADDED, RIGHT_MASK)).containsExactly(1, 2, 1, 2);
  }

  @Test
  void meanLeavesOutPaddingOnEitherSide() {
    var expected = new float[] {4, 3, 2, 3.5f};
    assertThat(pool(Pooling.MEAN, RIGHT_PADDED, RIGHT_MASK)).containsExactly(expected);
    assertThat(pool(Pooling.MEAN, LEFT_PADDED, LEFT_MASK)).containsExactly(expected);
  }

  @Test
  void lastTokenIsFoundOnEitherSide() {
    var expected = new float[] {8, 2, 3, 5};
    assertThat(pool(Pooling.LASTTOKEN, RIGHT_PADDED, RIGHT_MASK)).containsExactly(expected);
    assertThat(pool(Pooling.LASTTOKEN, LEFT_PADDED, LEFT_MASK)).containsExactly(expected);
  }

  @Test
  void maxIsTheLargestOfEachComponent() {
    var expected = new float[] {8, 5, 3, 5};
    assertThat(pool(Pooling.MAX, RIGHT_PADDED, RIGHT_MASK)).containsExactly(expected);
    assertThat(pool(Pooling.MAX, LEFT_PADDED, LEFT_MASK)).containsExactly(expected);
    var below = new float[][][] {{{-3, -4}, {-2, -9}, {0, 0}}};
    assertThat(pool(Pooling.MAX, below, new int[][] {{1, 1, 0}})).containsExactly(-2, -4);
  }

  @Test
  void meanSqrtLenTokensIsTheSumOverTheRootOfTheirNumber() {
    var expected = new float[] {
      (float) (12 / Math.sqrt(3)),
      (float) (9 / Math.sqrt(3)),
      (float) (4 / Math.sqrt(2)),
      (float) (7 / Math.sqrt(2))
    };
    for (int side = 0; side < 2; side++) {
      var pooled = side == 0
          ? pool(Pooling.MEAN_SQRT_LEN_TOKENS, RIGHT_PADDED, RIGHT_MASK)
          : pool(Pooling.MEAN_SQRT_LEN_TOKENS, LEFT_PADDED, LEFT_MASK);
      assertThat(pooled).usingComparatorWithPrecision(1e-6f).containsExactly(expected);
    }
  }

  @Test
  void weightedmeanWeighsTokensByTheirPositions() {
    var expected = new float[] {31 / 6f, 18 / 6f, 7 / 3f, 12 / 3f};
    assertThat(pool(Pooling.WEIGHTEDMEAN, RIGHT_PADDED, RIGHT_MASK)).containsExactly(expected);
    assertThat(pool(Pooling.WEIGHTEDMEAN, LEFT_PADDED, LEFT_MASK)).containsExactly(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = Pooling.class,
      names = {"MEAN", "MAX", "MEAN_SQRT_LEN_TOKENS", "WEIGHTEDMEAN"})
  void thatOfNoTokensIsZero(Pooling pooling) {
    var states = new float[][][] {{{99, 99}}};
    assertThat(pool(pooling, states, new int[][] {{0}})).containsExactly(0, 0);
  }

  /** Of the sum of (1, 10) times the first text's embedding and (100, 1000) times the second's. */
  @ParameterizedTest
  @CsvSource({
    "MAX, 0 0 0 10 1 0 0 0, 0 0 100 1000 0 0 0 0",
    "WEIGHTEDMEAN, 0.16666667 1.6666667 0.33333334 3.3333333 0.5 5 0 0, 33.333332 333.33334 66.666664 666.6667 0 0 0 0"
  })
  void gradientsGoToTheTokensAlone(Pooling pooling, String first, String second) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var tape = new GradientTape(graph, tf);
      var states = tape.watch(tf.constant(RIGHT_PADDED));
      var pooled = pooling.call(tf, Backbone.HiddenStates.of(states), tf.constant(RIGHT_MASK));
      var factors = tf.constant(new float[][] {{1, 10}, {100, 1000}});
      var sum = tf.reduceSum(tf.math.mul(pooled, factors), tf.constant(new int[] {0, 1}));
      var expected =
          Stream.of((first + " " + second).split(" ")).map(Float::valueOf).toList();
      assertThat(Values.of(session, tape.gradient(sum, states)))
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(expected.toArray(Float[]::new));
    }
  }
}
