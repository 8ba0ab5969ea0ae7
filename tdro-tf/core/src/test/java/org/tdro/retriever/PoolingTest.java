package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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
  void theMeanOfNoTokensIsZero() {
    var states = new float[][][] {{{99, 99}}};
    assertThat(pool(Pooling.MEAN, states, new int[][] {{0}})).containsExactly(0, 0);
  }
}
