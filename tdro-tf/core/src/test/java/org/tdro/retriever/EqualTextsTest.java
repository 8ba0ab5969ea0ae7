package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.keras.GradientTape;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Passages that are relevant to a query although another brought them are none of its negatives. */
class EqualTextsTest {
  private static final float TEMPERATURE = 0.5f;
  private static final float[][] QUERIES = {{1, 0}, {0.6f, 0.8f}, {0, 1}};
  private static final float[][] PASSAGES = {
    {0.8f, 0.6f}, {0, 1}, {1, 0}, {0.6f, -0.8f}, {-1, 0}, {0.6f, 0.8f}
  };
  private static final int PER_QUERY = 2;

  /** The losses, and the gradient of their sum with respect to the passages. */
  private static List<float[]> losses(Negatives negatives, Optional<int[]> pairs) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var tape = new GradientTape(graph, tf);
      var passages = tape.watch(tf.constant(StdArrays.ndCopyOf(PASSAGES)));
      Optional<Operand<TInt32>> relevant = pairs.map(
          all -> tf.constant(TInt32.tensorOf(Shape.of(all.length / 2, 2), DataBuffers.of(all))));
      var losses = new ContrastiveLoss(TEMPERATURE, negatives)
          .call(
              tf,
              new ContrastiveLoss.Rows(
                  tf.constant(StdArrays.ndCopyOf(QUERIES)), passages, PER_QUERY, false, relevant),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      var sum = tf.sum(losses, tf.constant(0));
      var runner = session.runner().fetch(losses);
      tape.gradient(sum, List.<Operand<TFloat32>>of(passages)).forEach(runner::fetch);
      try (var results = runner.run()) {
        var values = new ArrayList<float[]>();
        for (int i = 0; i < 2; i++) {
          var tensor = results.get(i);
          var array = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(array);
          values.add(array);
        }
        return values;
      }
    }
  }

  /** In double precision: the loss of a query over its positive and the columns that it is compared with. */
  private static double loss(int query, Set<Integer> columns) {
    double sum = 0;
    for (int column : columns) {
      sum += Math.exp(score(query, column));
    }
    return Math.log(sum) - score(query, query * PER_QUERY);
  }

  private static double score(int query, int column) {
    return (QUERIES[query][0] * PASSAGES[column][0] + QUERIES[query][1] * PASSAGES[column][1])
        / TEMPERATURE;
  }

  @Test
  void aRelevantPassageIsLeftOutOfTheNegatives() {
    var computed =
        losses(Negatives.IN_BATCH, Optional.of(new int[] {0, 2, 0, 2, 1, 3, 2, 0, 2, 5}));
    assertThat((double) computed.get(0)[0]).isCloseTo(loss(0, Set.of(0, 1, 3, 4, 5)), within(1e-6));
    assertThat((double) computed.get(0)[1]).isCloseTo(loss(1, Set.of(0, 1, 2, 4, 5)), within(1e-6));
    assertThat((double) computed.get(0)[2]).isCloseTo(loss(2, Set.of(1, 2, 3, 4)), within(1e-6));
  }

  @Test
  void ofItsOwnNegativesOnlyThoseThatAreRelevantAreLeftOut() {
    var computed = losses(Negatives.HARD_ONLY, Optional.of(new int[] {0, 2, 1, 3, 2, 0}));
    assertThat((double) computed.get(0)[0]).isCloseTo(loss(0, Set.of(0, 1)), within(1e-6));
    assertThat(computed.get(0)[1]).isZero();
    assertThat((double) computed.get(0)[2]).isCloseTo(loss(2, Set.of(4, 5)), within(1e-6));
    // The second row has no negative left: neither loss nor gradient.
    assertThat(computed.get(1)[4]).isZero();
    assertThat(computed.get(1)[6]).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void withoutEqualTextsLossesAndGradientsAreTheSameBits(Negatives negatives) {
    assertThat(losses(negatives, Optional.of(new int[0])))
        .usingElementComparator((a, b) -> java.util.Arrays.compare(a, b))
        .isEqualTo(losses(negatives, Optional.empty()));
  }
}
