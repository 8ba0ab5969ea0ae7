package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LookupGradientTest {
  private static Operand<TFloat32> total(Ops tf, Operand<TFloat32> rows) {
    return tf.sum(tf.math.square(rows), tf.constant(new int[] {0, 1, 2}));
  }

  private static Operand<TFloat32> gradient(Graph graph, Ops tf, Embedding table, int rows) {
    var loss = tf.math.add(
        total(tf, table.call(CallContext.inference(tf), tf.constant(new int[][] {{1, 2}, {2, 0}}))),
        total(tf, table.call(CallContext.inference(tf), tf.constant(new int[][] {{2, rows - 1, 1}
        }))));
    return new GradientTape(graph, tf).gradient(loss, table.table().value());
  }

  /** Row 2 is looked up three times, rows 3 and following but the last never. */
  @Test
  void twoLookupsMakeOneTable() {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var values = Initializer.values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
      var table = new Embedding(variables.scope().under("table"), 5, 2, values);
      Variables.initialize(tf, session, variables.all(), 0);
      var gradient = gradient(graph, tf, table, 5);
      assertThat(gradient.op().type()).isEqualTo("UnsortedSegmentSum");
      assertThat(Values.of(session, gradient))
          .containsExactly(2, 4, 2 * 2 * 3, 2 * 2 * 4, 3 * 2 * 5, 3 * 2 * 6, 0, 0, 18, 20);
    }
  }

  /** Whether a square table was turned cannot be seen from its shape. */
  @Test
  void aSquareTableIsLeftToTensorFlow() {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var table = new Embedding(
          variables.scope().under("table"), 3, 3, Initializer.values(1, 2, 3, 4, 5, 6, 7, 8, 9));
      Variables.initialize(tf, session, variables.all(), 0);
      var gradient = gradient(graph, tf, table, 3);
      assertThat(gradient.op().type()).isEqualTo("AddN");
      assertThat(((GraphOperation) gradient.op()).numInputs()).isEqualTo(2);
      assertThat(Values.of(session, gradient))
          .containsExactly(2, 4, 6, 16, 20, 24, 4 * 14, 4 * 16, 4 * 18);
    }
  }
}
